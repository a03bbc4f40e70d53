#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// Adds to `plan` what has to happen in these places to tasks that are wanted but have ended, must
/// leave their node, or are one too many. What ends by itself is replaced as its policy says; what
/// has to leave is replaced whatever the policy says, without delay and without using up an
/// attempt. A place in which another wanted task is alive needs no replacement.
void plan_restarts(ServiceView const& view, std::vector<PlaceTasks> const& places, TaskPlan& plan);

/// The place's last task ended by itself and its policy, or a paused update, forbids another: the
/// place is taken by it.
[[nodiscard]] bool is_finished(ServiceView const& view, PlaceTasks const& place);

/// The task is alive where it may stay no longer: its node is lost, or the enforcer throws it out.
[[nodiscard]] bool must_leave(ServiceView const& view, model::Task const& task);

}  // namespace swarmward::scheduler
