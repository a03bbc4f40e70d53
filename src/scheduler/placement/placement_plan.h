#pragma once

#include "scheduler/placement/filters.h"

namespace swarmward::scheduler {

/// From so many recent failures of a service on, a node is avoided. Source: swarm mode.
inline constexpr unsigned kFailuresToAvoid = 5;

/// What becomes of one task that has no confirmed node.
struct Assignment {
  model::Task const* task = nullptr;
  model::NodeId node;   ///< Empty: not placeable now.
  std::string message;  ///< Status message of an assigned task.
  std::string err;      ///< Why it cannot be placed.
};

/// Chooses nodes for waiting tasks, in their order. Pure. Tasks that already name a node (global
/// services) are checked on that one. Node choice: no repeated failures, then the spread
/// preferences, then fewest tasks of the service, then fewest tasks, then the smallest share
/// reserved.
[[nodiscard]] std::vector<Assignment> plan_placement(std::vector<model::Task const*> const& waiting,
                                                     std::vector<NodeLoad> loads);

}  // namespace swarmward::scheduler
