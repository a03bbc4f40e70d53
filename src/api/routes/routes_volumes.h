#pragma once

#include <span>

#include "api/route.h"

namespace swarmward::api {

/// What is asked of volumes that belong to the swarm (cluster volumes, CSI), which there are none
/// of here. Left to the engine, whose own swarm mode is off, it would get an advice that leads
/// nowhere, or from one before 23.0 a volume of this host alone. All other volumes are the
/// engine's.
class Volumes {
 public:
  explicit Volumes(RouteContext const& context) : context_(context) {}
  [[nodiscard]] static std::span<Route<Volumes> const> routes();

  /// Only in a swarm, and from the version on that has cluster volumes: before, engines ignore what
  /// is said of them.
  [[nodiscard]] bool owns(std::string_view method, std::string_view path, ApiVersion version) const;

  asio::awaitable<Result<Response>> create(Call const* call);
  /// Engines update no other volumes.
  Result<Response> update(Call const& call) const;

 private:
  RouteContext const& context_;
};

/// Errors: NotImplemented if the body of a POST /volumes/create of that version asks for a cluster
/// volume.
[[nodiscard]] Result<void> check_no_cluster_volume(Request const& request);

}  // namespace swarmward::api
