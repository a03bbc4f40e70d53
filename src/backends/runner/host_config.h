#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "backends/runner/container_config.h"

namespace swarmward::backends {

/// "80/tcp", as ports are keyed in a container's configuration.
[[nodiscard]] std::string port_key(model::PortConfig const& port);

/// A network that every engine has and the spec names, or "default".
[[nodiscard]] std::string network_mode(model::TaskSpec const& spec);

/// The HostConfig of the container of `task`. There is never a restart policy: the cluster replaces
/// tasks.
[[nodiscard]] nlohmann::json render_host_config(model::Task const& task,
                                                PreparedContainer const& container);

}  // namespace swarmward::backends
