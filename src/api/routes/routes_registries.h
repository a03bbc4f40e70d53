#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// /ward/registries: the credentials that tasks' images are pulled with where a service's own does
/// not do. No answer has a password or a token.
class Registries {
 public:
  explicit Registries(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Registries> const> routes();

  Result<Response> list(Call const& call) const;
  asio::awaitable<Result<Response>> put(Call const* call);
  asio::awaitable<Result<Response>> remove(Call const* call);

 private:
  RouteContext const& context_;
};

}  // namespace swarmward::api
