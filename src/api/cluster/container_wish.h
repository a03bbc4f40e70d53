#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/passthrough/body_parts.h"
#include "api/server/http_message.h"
#include "base/result.h"
#include "model/task.h"
#include "state/snapshot.h"

// Where a container may be that is made for the cluster and is no task. Pure.

namespace swarmward::api {

/// The label that limits it to some nodes: constraints as services have them, with commas between.
inline constexpr char const* kConstraintLabel = "ward.constraint";

/// Labels of containers and volumes that compose made. Source: compose.
inline constexpr char const* kProjectLabel = "com.docker.compose.project";
inline constexpr char const* kServiceLabel = "com.docker.compose.service";

/// What a new container says of its place.
struct ContainerWish {
  std::string name;      ///< Without a slash; empty: the engine makes one up.
  std::string image;     ///< As written.
  std::string platform;  ///< os/architecture[/variant]; empty: any.
  std::string project;   ///< Of compose; empty: none.
  std::string service;   ///< Of compose.
  std::vector<std::string> constraints;
  /// Containers whose namespaces or volumes it shares, or that it links to: by id, beginning of an
  /// id, or name.
  std::vector<std::string> beside;
  std::vector<std::string> volumes;   ///< Named ones.
  std::vector<std::string> paths;     ///< Of a host, which others need not have.
  std::vector<std::string> networks;  ///< As a client calls them.
  std::int64_t memory_bytes = 0;      ///< Reserved.
};

/// Errors: InvalidArgument, naming the label with a constraint that cannot be read.
[[nodiscard]] Result<ContainerWish> wish_of(OrderedJson const& body, Request const& request);

/// The constraints in labels. Errors: as wish_of().
[[nodiscard]] Result<std::vector<std::string>> constraints_of(OrderedJson const& labels);

/// A task that asks of nodes what the container does, for placement to judge.
[[nodiscard]] model::Task stand_in(ContainerWish const& wish, state::Snapshot const& snapshot);

}  // namespace swarmward::api
