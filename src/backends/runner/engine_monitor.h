#pragma once

#include <functional>

#include "backends/runner/runner_context.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

/// Keeps the connection to one engine: connects, listens to its events, notices its end, and says
/// so to the sink. Io thread only.
class EngineMonitor : public std::enable_shared_from_this<EngineMonitor> {
 public:
  struct Hooks {
    std::function<void()> list_begins;
    std::function<void(std::vector<ContainerSummary>, Resync)> listed;
    /// After `listed` of a new connection: the tasks can go on.
    std::function<void()> connected;
    std::function<void(ContainerEvent const&)> event;
  };

  EngineMonitor(std::shared_ptr<RunnerContext> context, Hooks hooks);
  /// `turns`: for the first connect; null if there is no need to wait for others.
  void start(std::shared_ptr<Gate> turns);
  void stop();

 private:
  using SteadyTime = asio::steady_timer::time_point;

  static asio::awaitable<void> run(std::shared_ptr<EngineMonitor> self,
                                   std::shared_ptr<Gate> turns);
  static asio::awaitable<void> read_events(std::shared_ptr<EngineMonitor> self,
                                           std::shared_ptr<EventStream> stream);
  asio::awaitable<void> connect_in_turn(std::shared_ptr<Gate> turns);
  asio::awaitable<void> try_connect();
  asio::awaitable<Result<void>> connect();
  asio::awaitable<Result<void>> list(Resync kind);
  asio::awaitable<void> look();
  [[nodiscard]] SteadyTime next_look() const;
  void lose(std::string const& error);
  void observe_failure(std::string const& error);
  void observe_info(EngineInfo const& info);

  std::shared_ptr<RunnerContext> context_;
  Hooks hooks_;
  asio::steady_timer timer_;
  std::shared_ptr<EventStream> stream_;
  std::optional<EngineInfo> info_;  ///< As last observed on this connection.
  SteadyTime next_failure_{};
  SteadyTime next_refresh_{};
  SteadyTime next_resync_{};
};

}  // namespace swarmward::backends
