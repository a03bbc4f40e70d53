#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// /nodes.
class Nodes {
 public:
  explicit Nodes(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Nodes> const> routes();

  asio::awaitable<Result<void>> list(Call const* call);
  Result<Response> inspect(Call const& call) const;
  asio::awaitable<Result<Response>> update(Call const* call);
  asio::awaitable<Result<Response>> remove(Call const* call);

 private:
  RouteContext const& context_;
};

}  // namespace swarmward::api
