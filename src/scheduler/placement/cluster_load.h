#pragma once

#include <unordered_map>
#include <vector>

#include "scheduler/placement/node_load.h"
#include "scheduler/placement/recent_failures.h"

namespace swarmward::scheduler {

/// What all nodes carry. Kept up to date from what commits touched, so that a decision costs
/// nothing for nodes that it does not look at; rebuild() gives the same from a snapshot alone, but
/// for failures whose tasks are gone. Nodes have numbers, which stay while the node is there.
class ClusterLoad {
 public:
  using Index = std::uint32_t;
  static constexpr Index kNoNode = ~Index{0};

  void rebuild(state::Snapshot const& head, Time now);
  void touch(state::Touched const& touched, Time now);
  /// Forgets failures that are too old.
  void expire(Time now);

  /// Counts a task that goes to a node, before the commit that says so; that commit must not be
  /// touched again. Returns the units it gets.
  std::vector<model::GenericResource> assign(Index node, Share const& share);

  [[nodiscard]] Index find(model::NodeId const& id) const;
  [[nodiscard]] std::vector<NodeLoad> const& nodes() const { return nodes_; }
  /// How many there are.
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] RecentFailures const& failures() const { return failures_; }

  /// A node that may take more than before, or of which anything may have changed.
  struct Change {
    Index node = kNoNode;
    bool definition = false;
  };
  /// Changes since a position; nothing if they are no longer known. Positions only grow.
  [[nodiscard]] std::optional<std::vector<Change>> changes_since(std::uint64_t position) const;
  [[nodiscard]] std::uint64_t position() const { return log_start_ + log_.size(); }

 private:
  void touch_node(state::Touch<model::Node> const& touch);
  void touch_task(state::Touch<model::Task> const& touch, Time now);
  void count(model::Task const& task, int by);
  void note_failure(model::Task const& task, Time now);
  void log(Index node, bool definition);

  std::vector<NodeLoad> nodes_;
  std::unordered_map<model::NodeId, Index> index_;
  std::vector<Index> unused_;
  RecentFailures failures_;
  std::vector<Change> log_;
  std::uint64_t log_start_ = 0;
};

/// The share of a node that a task holds now: nothing if it holds none.
[[nodiscard]] std::optional<Share> share_held(model::Task const& task);
/// It counts among the node's active tasks.
[[nodiscard]] bool is_active(model::Task const& task);

}  // namespace swarmward::scheduler
