#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A task that has been given up is no longer called running once its node has been silent for so
/// long.
inline constexpr Duration kOrphanAfter = std::chrono::minutes(5);

/// Adds to `plan` the tasks that count as orphaned now: given up, on a node that is down, unable
/// to say whether they have stopped. What replaces them does not wait for this.
void plan_orphans(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
