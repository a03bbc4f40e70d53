#pragma once

#include "scheduler/placement/cluster_load.h"
#include "scheduler/placement/filters.h"

namespace swarmward::scheduler {

/// What one node says to one task.
struct NodeVerdict {
  state::NodePtr node;
  std::optional<Filter> filter;  ///< Empty: the task fits there.
  std::string reason;            ///< In words; empty if it fits.
};

/// Placement's filters over a snapshot, for questions of people. Costs as much as the cluster has
/// nodes and tasks, so it is made for a question and thrown away. It knows what the snapshot tells:
/// of failures whose tasks have been reaped it does not.
class PlacementView {
 public:
  /// The snapshot outlives the view.
  PlacementView(state::Snapshot const& snapshot, Time now);

  /// All nodes, by hostname.
  [[nodiscard]] std::vector<NodeVerdict> judge(model::Task const& task) const;

  /// Counts the task as one more there, if it fits. `replicas` is how many of its service the node
  /// will have besides.
  [[nodiscard]] bool take(model::NodeId const& node,
                          model::Task const& task,
                          std::uint64_t replicas);

 private:
  [[nodiscard]] std::uint64_t replicas_on(model::NodeId const& node, model::Task const& task) const;

  state::Snapshot const& snapshot_;
  ClusterLoad load_;
};

}  // namespace swarmward::scheduler
