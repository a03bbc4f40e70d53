#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A stopped-first replacement waits no longer than this for the old task. Source: swarm mode.
inline constexpr Duration kOldTaskWait = std::chrono::seconds(60);

/// Adds to `plan` what has to happen to one task that is wanted but has ended, or whose node is
/// lost: it is shut down and, if the cause and the policy say so, replaced in its place.
void plan_restart(ServiceView const& view,
                  Place const& place,
                  model::Task const& task,
                  TaskPlan& plan);

/// Adds to `plan` the start of tasks that were made to wait (desired Ready) and need no longer.
void plan_starts(ServiceView const& view, TaskPlan& plan);

/// The place's last task ended by itself and its policy forbids another: the place is taken by it.
[[nodiscard]] bool is_finished(std::vector<model::Task const*> const& newest_last);

}  // namespace swarmward::scheduler
