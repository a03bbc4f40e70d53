#pragma once

#include <array>
#include <optional>
#include <string>

#include "scheduler/placement/node_load.h"

namespace swarmward::scheduler {

/// The checks a node has to pass, in their order: only the first that fails is counted.
enum class Filter : std::uint8_t {
  Ready,
  Resource,
  Plugin,
  Constraint,
  Platform,
  HostPort,
  MaxReplicas,
  Encryption
};
inline constexpr std::size_t kFilterCount = 8;

/// How many nodes each filter turned away.
using Rejections = std::array<unsigned, kFilterCount>;

/// Somebody of ours can lay down secrets and configs on its host.
[[nodiscard]] bool can_have_files(model::Node const& node);

/// The first filter that the node's description and labels fail: Plugin, Encryption, Constraint or
/// Platform.
[[nodiscard]] std::optional<Filter> check_needs(NodeNeeds const& needs, model::Node const& node);

/// The first filter that keeps a task off the node. `needs` is what check_needs() said of it,
/// `replicas` how many active tasks of the service are there.
[[nodiscard]] std::optional<Filter> first_failing_filter(Demand const& demand,
                                                         NodeLoad const& load,
                                                         std::optional<Filter> needs,
                                                         std::uint64_t replicas);

/// "insufficient resources on 2 nodes; 1 node not available for new tasks", larger counts first.
/// Texts as swarm mode has them.
[[nodiscard]] std::string explain(Rejections const& rejections);

}  // namespace swarmward::scheduler
