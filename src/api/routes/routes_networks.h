#pragma once

#include <span>

#include "api/routes/network_attach.h"

namespace swarmward::api {

/// /networks on a host that is in a swarm: the swarm's overlay networks and the engine's own, side
/// by side. What is the engine's alone is answered by it, word for word.
class Networks {
 public:
  Networks(RouteContext const& context, AttachControl& attachments)
      : context_(context), attaching_{context, attachments} {}
  [[nodiscard]] static std::span<Route<Networks> const> routes();
  /// Outside of a swarm everything is the engine's.
  [[nodiscard]] bool owns(std::string_view method, std::string_view path) const;

  asio::awaitable<Result<Response>> list(Call const* call);
  asio::awaitable<Result<Response>> inspect(Call const* call);
  asio::awaitable<Result<Response>> create(Call const* call);
  asio::awaitable<Result<Response>> remove(Call const* call);
  asio::awaitable<Result<Response>> prune(Call const* call);
  asio::awaitable<Result<Response>> connect(Call const* call);
  asio::awaitable<Result<Response>> disconnect(Call const* call);

 private:
  /// To this host's engine, as it came.
  asio::awaitable<Result<Response>> forward(Call const* call);

  RouteContext const& context_;
  Attaching attaching_;
};

}  // namespace swarmward::api
