#pragma once

#include "base/result.h"
#include "model/service.h"

namespace swarmward::wire {

/// An ASCII letter or digit.
[[nodiscard]] constexpr bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The parts of validate_service_spec, in native's order of checks.

/// Limits and reservations.
[[nodiscard]] Result<void> validate_resources(model::ResourceRequirements const& resources);
[[nodiscard]] Result<void> validate_restart(model::RestartPolicy const& policy);
[[nodiscard]] Result<void> validate_placement(model::Placement const& placement);
/// References to secrets and configs, and from the credential spec to a config.
[[nodiscard]] Result<void> validate_references(model::ContainerSpec const& container);
/// Image, mounts, health check.
[[nodiscard]] Result<void> validate_container(model::ContainerSpec const& container);
[[nodiscard]] Result<void> validate_update(model::UpdateConfig const& config);
[[nodiscard]] Result<void> validate_endpoint(model::EndpointSpec const& endpoint);
[[nodiscard]] Result<void> validate_mode(model::ServiceMode const& mode);

[[nodiscard]] inline Error rule_broken(std::string_view text) {
  return rpc_error("InvalidArgument", text);
}

}  // namespace swarmward::wire
