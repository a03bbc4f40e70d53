#pragma once

#include <array>
#include <string>

#include "scheduler/placement/node_load.h"

namespace swarmward::scheduler {

/// The checks a node has to pass, in their order: only the first that fails is counted.
enum class Filter { Ready, Resource, Plugin, Constraint, Platform, HostPort, MaxReplicas };
inline constexpr std::size_t kFilterCount = 7;

/// How many nodes each filter turned away.
using Rejections = std::array<unsigned, kFilterCount>;

/// The first filter that keeps the task off the node; nothing if it fits.
[[nodiscard]] std::optional<Filter> first_failing_filter(model::Task const& task,
                                                         NodeLoad const& load);

/// "insufficient resources on 2 nodes; 1 node not available for new tasks", larger counts first.
/// Texts as swarm mode has them.
[[nodiscard]] std::string explain(Rejections const& rejections);

}  // namespace swarmward::scheduler
