#pragma once

#include <set>

#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Whose say about networks may have changed.
struct PlanOwners {
  std::set<model::NetworkId> networks;
  std::set<model::NodeId> nodes;
  /// Nodes that came, went, or got an agent: what is said of tasks there depends on it.
  std::set<model::NodeId> homes;
  std::set<model::ServiceId> services;
  std::set<model::TaskId> attachments;  ///< Containers that are no tasks of services.
  bool cluster = false;                 ///< What all nodes share.

  [[nodiscard]] bool empty() const;
  /// Adds those of one or several commits.
  void add(state::Touched const& touched);
};

/// Everybody that says something.
[[nodiscard]] PlanOwners all_plan_owners(state::Snapshot const& snapshot);

}  // namespace swarmward::scheduler
