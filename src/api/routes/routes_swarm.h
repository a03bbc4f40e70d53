#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// /swarm: the cluster itself.
class Swarm {
 public:
  explicit Swarm(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Swarm> const> routes();

  Result<Response> inspect(Call const& call) const;
  asio::awaitable<Result<Response>> init(Call const* call);
  asio::awaitable<Result<Response>> join(Call const* call);
  asio::awaitable<Result<Response>> leave(Call const* call);
  asio::awaitable<Result<Response>> update(Call const* call);
  Result<Response> unlock_key(Call const& call) const;
  Result<Response> unlock(Call const& call) const;

 private:
  RouteContext const& context_;
};

}  // namespace swarmward::api
