#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// /tasks, without the logs.
class Tasks {
 public:
  explicit Tasks(RouteContext const& /*context*/) {}
  [[nodiscard]] static std::span<Route<Tasks> const> routes();

  asio::awaitable<Result<void>> list(Call const* call);
  Result<Response> inspect(Call const& call) const;
};

}  // namespace swarmward::api
