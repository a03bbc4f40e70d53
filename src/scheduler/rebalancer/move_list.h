#pragma once

#include <string>
#include <vector>

#include "scheduler/placement/placement_view.h"
#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A task that shall be replaced by one on another node.
struct PlannedMove {
  model::Task const* task = nullptr;  ///< Of the view.
  model::NodeId to;
};

struct MoveList {
  std::vector<PlannedMove> moves;
  std::string refusal;  ///< Why nothing may move now, though the service is not even; else empty.
};

/// All the moves after which no node has two tasks of the service more than another, in the order
/// in which they are worth making; whatever the service's labels say. Only tasks that run are
/// moved, and only to nodes where they fit. Not while an update is under way. Pure but for `nodes`,
/// which counts what was promised.
[[nodiscard]] MoveList list_moves(ServiceView const& view, PlacementView& nodes);

/// How many tasks of the service may begin to move now: its update parallelism, less those that are
/// on the move.
[[nodiscard]] std::size_t free_moves(ServiceView const& view);

/// The task that takes over. Where the old one has to stop first, it waits, prepared, until it has.
[[nodiscard]] NewTask make_move(ServiceView const& view, PlannedMove const& move);

}  // namespace swarmward::scheduler
