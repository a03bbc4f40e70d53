#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/container_spec.h"

namespace swarmward::backends {

/// What makes a mount impossible on any node. Texts: dockerd's swarm executor.
[[nodiscard]] Result<void> check_mounts(model::ContainerSpec const& spec);

/// HostConfig.Mounts. Bind sources are never created: a missing one must reject the task.
[[nodiscard]] nlohmann::json render_mounts(std::vector<model::Mount> const& mounts);

/// Bodies of POST /volumes/create for the named volumes with a driver of their own, which must
/// exist before the container that mounts them.
[[nodiscard]] std::vector<std::string> render_volumes(model::ContainerSpec const& spec);

}  // namespace swarmward::backends
