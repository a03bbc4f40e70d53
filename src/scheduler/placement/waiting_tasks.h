#pragma once

#include <map>
#include <optional>
#include <vector>

#include "scheduler/placement/cluster_load.h"

namespace swarmward::scheduler {

/// The task waits for a node, or for the confirmation of the one it names.
[[nodiscard]] bool needs_node(model::Task const& task);

/// Tasks that ask for the same: one service and spec version, and one node if they name one.
struct WaitingKey {
  model::ServiceId service;
  std::uint64_t spec_version = 0;
  model::NodeId node;  ///< Of tasks of global services; else empty.
  auto operator<=>(WaitingKey const&) const = default;
};

struct WaitingGroup {
  std::vector<state::TaskPtr> tasks;
  bool stale = false;            ///< Some have changed since, or no longer wait.
  std::optional<Demand> demand;  ///< Once it has been looked at.
  Time since{};                  ///< The oldest task's creation.
  bool fresh = true;             ///< It has tasks that nobody has looked at.
};

/// The tasks without a confirmed node. None is forgotten until it has one or is given up, whatever
/// becomes of its service's spec.
class WaitingTasks {
 public:
  void rebuild(state::Snapshot const& head);
  /// A commit touched it; not one that wrote our own assignments.
  void touch(state::Touch<model::Task> const& touch);

  [[nodiscard]] bool empty() const { return groups_.empty(); }
  /// How many tasks came since the last placement.
  [[nodiscard]] std::size_t fresh() const { return fresh_; }

  using Groups = std::map<WaitingKey, WaitingGroup>;
  /// The groups with new tasks and those that the changed nodes may take; all of them if `changes`
  /// says nothing or that a node was redefined, for then the reasons they are given change as well.
  /// Tasks of global services come first, then whoever waits longest.
  [[nodiscard]] std::vector<Groups::iterator> due(
      std::optional<std::vector<ClusterLoad::Change>> const& changes, ClusterLoad const& load);
  /// The group was looked at; these tasks still wait.
  void keep(Groups::iterator group, std::vector<state::TaskPtr> tasks);

 private:
  void add(state::TaskPtr const& task);

  Groups groups_;
  std::size_t fresh_ = 0;
};

}  // namespace swarmward::scheduler
