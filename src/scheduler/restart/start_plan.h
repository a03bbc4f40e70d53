#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A stopped-first replacement waits no longer than this for the old task. Source: swarm mode.
inline constexpr Duration kOldTaskWait = std::chrono::seconds(60);

/// The last task of a place that still has to stop on its node; null if there is none.
[[nodiscard]] model::Task const* find_stopping(ServiceView const& view, PlaceTasks const& place);

/// A new task for a place where nothing is wanted: it waits for one that still has to stop. `place`
/// may be null.
[[nodiscard]] NewTask task_after(ServiceView const& view, Place where, PlaceTasks const* place);

/// Adds to `plan` the start of tasks that were made to wait (desired Ready) and need no longer:
/// their delay is over, and the task they replace has stopped or runs on until they take over.
void plan_starts(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
