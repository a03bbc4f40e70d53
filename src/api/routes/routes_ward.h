#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// /ward: what `docker ward` asks for and the Engine API has no place for.
class Ward {
 public:
  explicit Ward(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Ward> const> routes();

  asio::awaitable<Result<Response>> version(Call const* call);
  Result<Response> explain(Call const& call) const;
  Result<Response> nodes(Call const& call) const;
  asio::awaitable<Result<Response>> adopt(Call const* call);
  asio::awaitable<Result<Response>> release(Call const* call);
  asio::awaitable<Result<Response>> rebalance(Call const* call);
  asio::awaitable<Result<Response>> doctor(Call const* call);
  asio::awaitable<Result<Response>> networks(Call const* call);
  asio::awaitable<Result<Response>> trace(Call const* call);

 private:
  RouteContext const& context_;
};

}  // namespace swarmward::api
