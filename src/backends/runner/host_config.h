#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "backends/runner/container_config.h"

namespace swarmward::backends {

/// "80/tcp", as ports are keyed in a container's configuration.
[[nodiscard]] std::string port_key(model::PortConfig const& port);

/// The HostConfig of the container of `task`. There is never a restart policy: the cluster replaces
/// tasks.
[[nodiscard]] nlohmann::json render_host_config(model::Task const& task,
                                                PreparedContainer const& container);

}  // namespace swarmward::backends
