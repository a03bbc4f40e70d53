#pragma once

#include <span>
#include <string>

#include "backends/runner/container_labels.h"
#include "backends/runner/mounts.h"
#include "backends/runner/runner_types.h"

namespace swarmward::backends {

inline constexpr char const* kTaskLabel = "com.docker.swarm.task";
inline constexpr char const* kTaskIdLabel = "com.docker.swarm.task.id";
inline constexpr char const* kTaskNameLabel = "com.docker.swarm.task.name";
inline constexpr char const* kNodeIdLabel = "com.docker.swarm.node.id";
inline constexpr char const* kServiceIdLabel = "com.docker.swarm.service.id";
inline constexpr char const* kServiceNameLabel = "com.docker.swarm.service.name";

/// What a task's container is made from: the spec with its placeholders expanded, and what labels
/// add to it.
struct PreparedContainer {
  model::ContainerSpec spec;
  ContainerLabels labels;
};

/// Everything that can be refused before the engine is asked. Pure.
/// Errors: those of check_mounts(), of model::expand_container() and of read_container_labels();
/// a task without a container spec is `exec: unsupported runtime`.
[[nodiscard]] Result<PreparedContainer> prepare_container(model::Task const& task,
                                                          NodeIdentity const& node,
                                                          LabelPolicy const& policy);

/// Body of POST /containers/create for `task`. Pure. What the spec leaves out is left out, so
/// that the image's own settings stand. Engines before API 1.44 take one network only here: it is
/// the first of `networks`; the container is connected to the others before it starts.
[[nodiscard]] std::string render_container(model::Task const& task,
                                           PreparedContainer const& container,
                                           NodeIdentity const& node,
                                           std::vector<model::TaskNetwork> const& networks = {});

/// The networks that the container is connected to after its creation. Pure.
[[nodiscard]] std::span<model::TaskNetwork const> networks_to_connect(
    model::Task const& task, std::vector<model::TaskNetwork> const& networks);

}  // namespace swarmward::backends
