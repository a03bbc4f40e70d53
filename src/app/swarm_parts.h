#pragma once

#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "api/events/event_log.h"
#include "api/passthrough/container_index.h"
#include "app/adoption.h"
#include "app/membership.h"
#include "app/networks/network_doctor.h"
#include "app/networks/attach_front.h"
#include "app/options.h"
#include "app/state_gate.h"
#include "scheduler/loop/loop_driver.h"

namespace swarmward::app {

/// Swarm mode on this host, wired from its parts: the state and its thread, the loops over it, the
/// runners of the nodes, membership. All but the loops is used on the io thread.
class SwarmParts {
 public:
  /// All that is given by reference outlives the parts; `events` and `containers` follow the state.
  SwarmParts(boost::asio::any_io_executor io,
             Options const& options,
             Clock const& clock,
             RandomBytes random,
             EngineDirectory& engines,
             api::EventLog& events,
             api::ContainerIndex& containers)
      : io_(std::move(io)),
        options_(options),
        clock_(clock),
        random_(std::move(random)),
        engines_(engines),
        events_(events),
        containers_(containers) {}
  ~SwarmParts() { end_thread(); }
  SwarmParts(SwarmParts const&) = delete;
  SwarmParts& operator=(SwarmParts const&) = delete;

  /// Reads the state, takes up this host's membership again and starts the loops; where the state
  /// is locked, all that waits for the unlock key. To be called once; `listed` are the engines
  /// given at start. Errors: those of the disk and of listeners.
  Result<void> open(std::vector<cluster::EngineEntry> const& listed);
  /// Ends what runs on the io thread; a worker's manager is told.
  boost::asio::awaitable<void> stop();
  /// Ends the state's thread; nothing is posted from it afterwards.
  void end_thread();

  // From open() on.
  [[nodiscard]] state::StateStore& store() { return *store_; }
  [[nodiscard]] Membership& membership() { return *membership_; }
  [[nodiscard]] Adoption& adoption() { return *adoption_; }
  [[nodiscard]] NetworkDoctor& network_doctor() { return *network_doctor_; }
  [[nodiscard]] api::AttachControl& attachments() { return *attach_front_; }

 private:
  Result<void> enter();
  void make_loops();
  void make_members(std::vector<cluster::EngineEntry> const& listed);
  void watch_state();
  void begin_work();
  Result<void> resume_membership();

  boost::asio::any_io_executor io_;
  Options const& options_;
  Clock const& clock_;
  RandomBytes random_;
  EngineDirectory& engines_;
  api::EventLog& events_;
  api::ContainerIndex& containers_;

  // In the order of dependency, so that they go in reverse.
  boost::asio::io_context state_context_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>
      state_guard_{state_context_.get_executor()};
  StateGate gate_{options_.data_root, random_};
  std::optional<state::StateStore> store_;
  std::optional<scheduler::ControlLoop> loop_;
  std::optional<scheduler::LoopDriver> driver_;
  std::optional<LivenessDriver> liveness_;
  std::optional<StatusReporter> reporter_;
  std::optional<Attachments> attachments_;
  std::optional<PlanKeeper> plans_;
  std::optional<NodeRunners> runners_;
  MemberTls tls_{clock_};
  HostNetworks networks_{options_};
  std::optional<NetworkInspector> inspector_;
  QuestionBoard board_{io_};
  std::optional<NetworkDoctor> network_doctor_;
  std::optional<Manager> manager_;
  std::optional<Worker> worker_;
  std::optional<AttachFront> attach_front_;
  std::optional<Adoption> adoption_;
  std::optional<Membership> membership_;
  std::thread state_thread_;
};

}  // namespace swarmward::app
