#pragma once

#include <deque>
#include <optional>
#include <set>

#include <boost/asio/steady_timer.hpp>

#include "api/attach_control.h"
#include "api/swarm_control.h"
#include "app/files/task_file_door.h"
#include "app/member/manager_calls.h"
#include "app/member/tunnel_listener.h"
#include "app/member/worker/worker_record.h"
#include "app/networks/network_inspector.h"
#include "cluster/pki/renewal.h"
#include "scheduler/networks/plan_follower.h"

namespace swarmward::app {

/// This host as a worker of a swarm: tells a manager that it lives, lets managers reach its engine,
/// renews its certificate in time. Io thread only.
class Worker {
 public:
  struct Settings {
    std::filesystem::path data_root;
    net::DialerPtr engine;
    unsigned short agent_port = 7946;
    HostNetworks* networks = nullptr;       ///< Never null.
    NetworkInspector* inspector = nullptr;  ///< Never null.
  };

  /// What a joining host says that it is.
  struct Host {
    std::string name;
    std::string engine_id;  ///< As backends::EngineInfo has it.
  };

  Worker(boost::asio::any_io_executor executor,
         Settings settings,
         MemberTls& tls,
         Clock const& clock,
         RandomBytes random);

  /// Was this host a worker when it was stopped? Then it goes on. Errors: files that cannot be
  /// read, the agent's port.
  Result<bool> resume();
  /// Errors: native's texts.
  boost::asio::awaitable<Result<void>> join(wire::JoinRequest request, Host host);
  /// Forgets the swarm; a manager that can be reached is told.
  boost::asio::awaitable<void> leave();
  /// The daemon stops: a manager that can be reached is told.
  boost::asio::awaitable<void> stop();

  /// A manager is asked. Errors: its own; Unavailable if none is reached.
  boost::asio::awaitable<Result<api::AttachControl::Places>> attach(
      std::vector<api::AttachWish> wishes);
  boost::asio::awaitable<Result<void>> detach(std::vector<std::string> attachments);

  /// Null if this host is no worker.
  [[nodiscard]] std::shared_ptr<api::WorkerView const> view() const;

 private:
  /// Of networks; the answer goes to the manager that asked.
  struct ManagersQuestion {
    std::string manager;
    std::string id;
    std::string question;
  };

  // worker.cpp
  Result<void> open(WorkerRecord record);
  Result<unsigned short> listen(std::string const& address, unsigned short port);
  [[nodiscard]] cluster::KeyFiles key_files() const;

  // worker_session.cpp
  static boost::asio::awaitable<void> run(Worker* self, unsigned life);
  boost::asio::awaitable<Result<void>> beat(std::string address);
  boost::asio::awaitable<bool> beat_anyone();
  boost::asio::awaitable<void> say_goodbye(char const* reason);
  void take_answer(nlohmann::json const& answer);
  void manager_seen(std::string const& address);

  // worker_networks.cpp
  static boost::asio::awaitable<void> follow_networks(Worker* self, unsigned life);
  boost::asio::awaitable<void> take_plan(nlohmann::json const& answer);

  // worker_attachments.cpp
  boost::asio::awaitable<Result<nlohmann::json>> ask_anyone(std::string path, nlohmann::json body);

  // worker_questions.cpp
  void take_questions(std::string const& manager, nlohmann::json const& answer);
  static boost::asio::awaitable<void> answer_questions(Worker* self);
  boost::asio::awaitable<void> answer_question(ManagersQuestion asked);

  // worker_renewal.cpp
  void watch_renewal();
  void start_renewal();
  boost::asio::awaitable<void> renew();

  boost::asio::any_io_executor executor_;
  Settings settings_;
  WorkerFile file_;
  MemberTls& tls_;
  Clock const& clock_;
  RandomBytes random_;
  std::optional<WorkerRecord> record_;
  std::optional<TaskFileDoor> task_files_;  ///< While record_ is there.
  std::optional<TunnelListener> listener_;
  std::set<std::string> seen_;  ///< IP addresses of which managers came, for when theirs change.
  ManagerClients clients_;
  ManagerClients plan_clients_;      ///< Apart: its calls wait long.
  ManagerClients attach_clients_;    ///< So may these.
  ManagerClients question_clients_;  ///< And these; used for answers.
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer plan_timer_;
  std::optional<scheduler::PlanFollower>
      plan_;  ///< Of this host's networks, while record_ is there.
  std::deque<ManagersQuestion> questions_;
  bool answering_ = false;
  std::chrono::milliseconds period_{500};
  cluster::RenewalState renewal_;
  bool renewing_ = false;
  std::string error_;
  std::string answered_at_;   ///< A manager's ip:port; empty until one has answered.
  std::string seen_address_;  ///< Under which managers see this host.
  unsigned life_ = 0;         ///< Counts memberships, so that loops of an earlier one end.
};

}  // namespace swarmward::app
