#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "model/task.h"

namespace swarmward::backends {

/// "80/tcp", as ports are keyed in a container's configuration.
[[nodiscard]] std::string port_key(model::PortConfig const& port);

/// The HostConfig of the container of `task`, which must have a container spec. There is never a
/// restart policy: the cluster replaces tasks.
[[nodiscard]] nlohmann::json render_host_config(model::Task const& task);

}  // namespace swarmward::backends
