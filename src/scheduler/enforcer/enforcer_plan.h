#pragma once

#include <vector>

#include "model/node.h"
#include "model/task.h"

namespace swarmward::scheduler {

/// A task on a node together with its service.
struct PlacedTask {
  model::Task const* task = nullptr;
  model::Service const* service = nullptr;
};

/// The tasks that may no longer stay on the node: constraints no longer met, or reservations
/// (generic ones too) that no longer fit what it offers; the oldest tasks keep their room. Pure.
/// Paused and drained nodes are left alone. A task that the updater is going to replace is held to
/// its own constraints, so that a change of constraints moves tasks at the pace of the update and
/// not all at once.
[[nodiscard]] std::vector<model::TaskId> plan_enforcement(model::Node const& node,
                                                          std::vector<PlacedTask> const& placed);

}  // namespace swarmward::scheduler
