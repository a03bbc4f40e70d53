#pragma once

#include <deque>
#include <map>
#include <set>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "backends/engine.h"

namespace swarmward::backends::testing {

/// An engine in memory for unit tests, driven by explicit calls: no time passes inside. Calls are
/// named as in Engine ("create_container", …). Every call suspends once, as a real one does.
class FakeEngine final : public Engine, public std::enable_shared_from_this<FakeEngine> {
 public:
  explicit FakeEngine(asio::any_io_executor executor);

  struct Container {
    ContainerState state;
    std::string body;
    bool stop_exits = true;  ///< False: a stop ends with SIGKILL's 137.
    std::int64_t stop_code = 0;
  };

  // What a test sets.
  bool reachable = true;
  std::size_t most_calls = 100;
  EngineInfo description;
  std::set<std::string> images;    ///< Present; a pull without a scripted failure adds to it.
  std::string health_after_start;  ///< Of containers started from now on: "" or "starting".
  /// The next calls of this name fail so, one after another.
  void fail_next(std::string const& call, Error error, int times = 1);
  /// Calls of this name wait until release().
  void hold(std::string const& call) { held_.insert(call); }
  void release(std::string const& call);
  bool lose_events = false;  ///< Events are dropped.

  // What happens on the engine behind the runner's back.
  void exit(std::string const& id_or_name, std::int64_t code);
  void health(std::string const& id_or_name, std::string const& word);
  void destroy(std::string const& id_or_name);
  void restart(std::string const& id_or_name);
  std::string add_container(std::string name, model::StringMap labels, std::string status);
  /// All streams end; `reachable` says whether the next connect succeeds.
  void break_streams();

  // What a test looks at.
  [[nodiscard]] int calls(std::string const& call) const;
  /// Streams of events that are open.
  [[nodiscard]] std::size_t listeners() const;
  [[nodiscard]] int most_in_flight(std::string const& call) const;
  [[nodiscard]] Container* find(std::string const& id_or_name);
  [[nodiscard]] std::size_t container_count() const { return containers_.size(); }
  std::map<std::string, std::string> documents;  ///< What get_document() answers, by path.
  std::vector<std::string> pull_auths;           ///< X-Registry-Auth of each pull.
  std::vector<std::string> volumes;              ///< Bodies of created volumes.
  std::map<std::string, std::string>
      networks;  ///< Bodies of created networks, "Id" added, by name.
  std::vector<std::pair<std::string, std::string>> connects;  ///< Network and body of each.
  std::chrono::seconds last_grace{0};

  std::string api_version() const override { return "1.41"; }
  std::size_t calls_at_once() const override { return most_calls; }
  asio::awaitable<Result<EngineInfo>> info() override;
  asio::awaitable<Result<void>> ping() override;
  asio::awaitable<Result<void>> knock() override;
  void ping(Heard heard) override;
  asio::awaitable<Result<std::string>> create_container(std::string name,
                                                        std::string body) override;
  asio::awaitable<Result<void>> start_container(std::string id) override;
  asio::awaitable<Result<void>> stop_container(std::string id, std::chrono::seconds grace) override;
  asio::awaitable<Result<void>> remove_container(std::string id, KeepVolumes keep) override;
  asio::awaitable<Result<ContainerState>> inspect_container(std::string id_or_name) override;
  asio::awaitable<Result<std::vector<ContainerSummary>>> list_containers(
      std::string label) override;
  asio::awaitable<Result<bool>> has_image(std::string reference) override;
  asio::awaitable<Result<void>> pull_image(std::string reference,
                                           std::string registry_auth) override;
  asio::awaitable<Result<std::unique_ptr<ByteStream>>> save_image(std::string reference) override;
  asio::awaitable<Result<void>> load_image(std::unique_ptr<ByteStream> archive,
                                           BytesRead read) override;
  asio::awaitable<Result<void>> create_volume(std::string body) override;
  asio::awaitable<Result<void>> create_network(std::string body) override;
  asio::awaitable<Result<void>> connect_network(std::string name, std::string body) override;
  asio::awaitable<Result<void>> remove_network(std::string id_or_name) override;
  asio::awaitable<Result<std::unique_ptr<EventStream>>> events(std::string label) override;
  asio::awaitable<Result<std::unique_ptr<ByteStream>>> logs(std::string id,
                                                            LogQuery query) override;
  asio::awaitable<Result<std::string>> get_document(std::string path) override;
  asio::awaitable<Result<std::unique_ptr<ByteStream>>> open_document(std::string path) override;

 private:
  struct Stream;
  class Reader;

  asio::awaitable<Result<void>> enter(std::string call);
  Result<void> begin_outcome(std::string const& call);
  void emit(Container const& container, std::string const& action);

  asio::any_io_executor executor_;
  std::map<std::string, Container> containers_;  ///< By id.
  std::vector<std::weak_ptr<Stream>> streams_;
  std::map<std::string, std::deque<Error>> failures_;
  std::set<std::string> held_;
  std::map<std::string, std::vector<std::shared_ptr<asio::steady_timer>>> waiting_;
  std::map<std::string, int> calls_;
  std::map<std::string, int> in_flight_;
  std::map<std::string, int> most_in_flight_;
  int next_id_ = 1;
};

}  // namespace swarmward::backends::testing
