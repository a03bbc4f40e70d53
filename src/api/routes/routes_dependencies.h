#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// What services refer to. This version has no secrets, configs and overlay networks of its own:
/// lists are empty, creating is refused, and of the networks only the predefined ones are known.
class Dependencies {
 public:
  explicit Dependencies(RouteContext const& /*context*/) {}
  [[nodiscard]] static std::span<Route<Dependencies> const> routes();
  /// "/networks/host" or "/networks/bridge": hidden swarm networks that services may name.
  [[nodiscard]] static bool is_predefined_network(std::string_view path);

  Result<Response> list(Call const& call) const;
  Result<Response> create(Call const& call) const;
  Result<Response> secret(Call const& call) const;
  Result<Response> config(Call const& call) const;
  Result<Response> update_secret(Call const& call) const;
  Result<Response> update_config(Call const& call) const;
  Result<Response> network(Call const& call) const;
};

}  // namespace swarmward::api
