#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// What services refer to. This version has no secrets and configs: lists are empty, creating is
/// refused.
class Dependencies {
 public:
  explicit Dependencies(RouteContext const& /*context*/) {}
  [[nodiscard]] static std::span<Route<Dependencies> const> routes();

  Result<Response> list(Call const& call) const;
  Result<Response> create(Call const& call) const;
  Result<Response> secret(Call const& call) const;
  Result<Response> config(Call const& call) const;
  Result<Response> update_secret(Call const& call) const;
  Result<Response> update_config(Call const& call) const;
};

}  // namespace swarmward::api
