#pragma once

#include <vector>

#include "scheduler/placement/node_class.h"

namespace swarmward::scheduler {

/// From so many recent failures of a service on, a node is avoided. Source: swarm mode.
inline constexpr unsigned kFailuresToAvoid = 5;

/// How many active tasks of a service each node has. By node number; made for one group, then
/// emptied at the cost of what was in it.
class ReplicaCounts {
 public:
  void add(ClusterLoad::Index node);
  [[nodiscard]] std::uint32_t of(ClusterLoad::Index node) const {
    return node < counts_.size() ? counts_[node] : 0;
  }
  [[nodiscard]] std::vector<ClusterLoad::Index> const& nodes() const { return touched_; }
  void clear();

 private:
  std::vector<std::uint32_t> counts_;
  std::vector<ClusterLoad::Index> touched_;
};

/// Chooses nodes for tasks of one service and spec version, one after another. The order: no place
/// that could not be started there just now, the spread preferences, no repeated failures, fewest
/// tasks of the service, fewest tasks, the smallest share reserved, the node's id.
class GroupPlacement {
 public:
  using Index = ClusterLoad::Index;

  /// `replicas` has the service's active tasks; it is kept up to date. All outlive the group.
  GroupPlacement(Demand const& demand,
                 ServiceVersion const& version,
                 ClusterLoad& load,
                 NodeClass& nodes,
                 ReplicaCounts& replicas);
  /// Gives the nodes back to their class.
  ~GroupPlacement();
  GroupPlacement(GroupPlacement const&) = delete;
  GroupPlacement& operator=(GroupPlacement const&) = delete;

  /// The best node but for those to avoid; no candidate if none fits.
  Candidate choose(std::vector<Index> const& avoid);
  /// The task goes there: to what choose() gave, or to any other node that fits.
  std::vector<model::GenericResource> assign(Index node);

 private:
  /// What the group knows of a branch of the class's tree.
  struct State {
    std::uint64_t replicas = 0;
    bool known = false;  ///< `best` is right; a leaf's best is in no heap meanwhile.
    Candidate best;
    std::vector<Candidate> later;  ///< Nodes of a leaf that have tasks of the service: a heap.
  };

  Candidate const& best_of(std::size_t branch);
  Candidate find_in_leaf(std::size_t leaf);
  Candidate take_from_leaf(std::size_t leaf);
  void reconsider();
  bool fits(Index node) const;
  [[nodiscard]] Candidate rated(Index node) const;
  void push_later(Index node);
  void forget(std::size_t branch);
  void count_on_branches(Index node, std::uint32_t by);

  Demand const& demand_;
  ClusterLoad& load_;
  NodeClass& nodes_;
  ReplicaCounts& replicas_;
  std::vector<std::pair<Index, unsigned>> failures_;  ///< Of nodes that are avoided for them.
  std::vector<State> states_;                         ///< By branch.
  std::vector<Index> taken_;                          ///< From the class, to be put back.
  std::vector<Index> avoid_;                          ///< During one choice.
  std::vector<Index> passed_over_;                    ///< Fitting nodes that were to be avoided.
};

}  // namespace swarmward::scheduler
