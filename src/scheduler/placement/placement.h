#pragma once

#include "scheduler/placement/group_placement.h"
#include "scheduler/placement/waiting_tasks.h"

namespace swarmward::scheduler {

/// What becomes of one task that has no confirmed node.
struct Assignment {
  state::TaskPtr task;
  model::NodeId node;                           ///< Empty: not placeable now.
  std::vector<model::GenericResource> generic;  ///< What it gets of the node's.
  model::StatusText message;                    ///< Status message of an assigned task.
  model::StatusText err;                        ///< Why it cannot be placed.
};

/// Chooses nodes for waiting tasks. Follows the store by what commits touch, so that a decision
/// costs what it looks at and not what the cluster has; everything it keeps can be rebuilt from a
/// snapshot, but for recent failures.
class Placement {
 public:
  /// Waiting tasks are looked at so often even if nothing happens that could help them.
  static constexpr Duration kSweep = std::chrono::seconds(30);

  void rebuild(state::Snapshot const& head, Time now);
  /// Every commit but those that write what plan() returned: it has counted that itself.
  void touch(state::Touched const& touched, Time now);

  /// plan() may have something to say.
  [[nodiscard]] bool due() const;
  /// When to plan even if nothing is due; Time::max() if nobody waits.
  [[nodiscard]] Time wake() const;
  /// How many tasks came since the last plan.
  [[nodiscard]] std::size_t fresh() const { return waiting_.fresh(); }

  /// Nodes for the tasks that wait in `head`, or why there is none. Must be written as it is.
  [[nodiscard]] std::vector<Assignment> plan(state::Snapshot const& head, Time now);

 private:
  struct Group {
    WaitingKey const& key;
    Demand const& demand;
    std::vector<state::TaskPtr> const& tasks;
    bool waited_before;
  };
  void place(state::Snapshot const& head, Group const& group, std::vector<Assignment>& out);
  void confirm(state::Snapshot const& head, Group const& group, std::vector<Assignment>& out);
  Candidate choose(GroupPlacement& placing, Group const& group, model::Task const& task);
  Rejections reject_all(Demand const& demand, NodeClass const& nodes) const;
  void count_replicas(state::Snapshot const& head,
                      Group const& group,
                      std::vector<Assignment> const& out);

  ClusterLoad load_;
  NodeClasses classes_;
  WaitingTasks waiting_;
  std::uint64_t seen_ = 0;  ///< Position in the load's log.
  Time last_sweep_{};
  // Of the group being placed:
  ReplicaCounts replicas_;
  std::map<model::Slot, ClusterLoad::Index> by_slot_;  ///< Where active tasks of the service are.
};

}  // namespace swarmward::scheduler
