#pragma once

#include <string>

#include "backends/runner/mounts.h"
#include "backends/runner/runner_types.h"

namespace swarmward::backends {

inline constexpr char const* kTaskLabel = "com.docker.swarm.task";
inline constexpr char const* kTaskIdLabel = "com.docker.swarm.task.id";
inline constexpr char const* kTaskNameLabel = "com.docker.swarm.task.name";
inline constexpr char const* kNodeIdLabel = "com.docker.swarm.node.id";
inline constexpr char const* kServiceIdLabel = "com.docker.swarm.service.id";
inline constexpr char const* kServiceNameLabel = "com.docker.swarm.service.name";

/// Body of POST /containers/create for `task`, which must have a container spec. Pure. What the
/// spec leaves out is left out, so that the image's own settings stand.
[[nodiscard]] std::string render_container(model::Task const& task, NodeIdentity const& node);

}  // namespace swarmward::backends
