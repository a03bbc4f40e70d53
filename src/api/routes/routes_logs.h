#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

class LogStream;

/// The logs of services and tasks, gathered from the engines of their nodes.
class Logs {
 public:
  explicit Logs(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Logs> const> routes();

  asio::awaitable<Result<void>> of_service(Call const* call);
  asio::awaitable<Result<void>> of_task(Call const* call);

 private:
  /// What is logged; `task` is empty for all tasks of the service.
  struct Scope {
    model::ServiceId service;
    model::TaskId task;
    bool tty = false;
  };

  asio::awaitable<Result<void>> stream(Call const* call, Scope scope);
  asio::awaitable<void> relay(Responder* responder,
                              std::shared_ptr<LogStream> stream,
                              Scope const* scope,
                              bool follow);
  void add_tasks(LogStream& stream, state::Snapshot const& snapshot, Scope const& scope) const;

  RouteContext const& context_;
};

}  // namespace swarmward::api
