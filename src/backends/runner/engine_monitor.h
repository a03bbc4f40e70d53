#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backends/runner/rounds.h"
#include "backends/runner/runner_context.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

/// Keeps the connection to one engine: connects, listens to its events, notices its end, and says
/// so to the sink. While all is well no coroutine waits, for thousands of engines are idle. Io
/// thread only.
class EngineMonitor final : public Rounds::Member,
                            public std::enable_shared_from_this<EngineMonitor> {
 public:
  /// Who makes something of it.
  class Owner {
   public:
    virtual void list_begins() = 0;
    virtual void listed(std::vector<ContainerSummary> containers, Resync kind) = 0;
    /// After `listed` of a new connection: the tasks can go on.
    virtual void connected() = 0;
    virtual void happened(ContainerEvent const& event) = 0;
    /// Is there a container whose end would be an event?
    [[nodiscard]] virtual bool awaits_ends() const = 0;

   protected:
    ~Owner() = default;
  };

  EngineMonitor(std::shared_ptr<RunnerContext> context,
                std::weak_ptr<Owner> owner,
                std::shared_ptr<Rounds> rounds);
  /// `turns`: to connect, and to see whether a lost engine is back; null if there is no need to
  /// wait for others.
  void start(std::shared_ptr<Gate> turns);
  void stop();
  /// It is not there any more, or about to go: connects anew once it takes connections. Until then
  /// its events are listened to: an engine that is shut down takes its containers along after it
  /// has closed everything else. But no longer than they run, for it waits for whoever listens.
  void lose(std::string const& error);

 private:
  using SteadyTime = Rounds::SteadyTime;

  void on_round() override;
  static asio::awaitable<void> connect_first(std::shared_ptr<EngineMonitor> self);
  static asio::awaitable<void> reconnect(std::shared_ptr<EngineMonitor> self);
  asio::awaitable<void> connect_in_turn();
  asio::awaitable<Result<void>> knock_in_turn();
  asio::awaitable<void> try_connect();
  asio::awaitable<Result<void>> connect();
  asio::awaitable<Result<void>> list(Resync kind);
  void listen();
  void drop_stream();
  /// Unless there is something left to hear of.
  void drop_useless_stream();
  void heard(Result<void> const& alive);
  static asio::awaitable<void> look(std::shared_ptr<EngineMonitor> self);
  void go_on();
  [[nodiscard]] SteadyTime next_ping() const;
  void observe_failure(std::string const& error);
  void observe_info(EngineInfo const& info);

  std::shared_ptr<RunnerContext> context_;
  std::weak_ptr<Owner> owner_;
  std::shared_ptr<Rounds> rounds_;
  std::shared_ptr<Gate> turns_;
  std::unique_ptr<asio::steady_timer> timer_;  ///< While there is something to wait for alone.
  std::unique_ptr<EventStream> stream_;
  unsigned connections_ = 0;  ///< So far: what comes from an earlier one is not listened to.
  bool busy_ = false;         ///< Connects or asks; go_on() follows.
  SteadyTime next_ping_{};
  std::optional<std::size_t> said_;  ///< Digest of its info as last observed on this connection.
  SteadyTime next_failure_{};
  SteadyTime next_refresh_{};
  SteadyTime next_resync_{};
};

}  // namespace swarmward::backends
