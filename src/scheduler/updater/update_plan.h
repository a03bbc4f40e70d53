#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// Adds to `plan` the next steps of a rolling update or rollback: which outdated tasks are replaced
/// now, how far along the update is, and when to look again. Pure, and without memory of its own:
/// it reads the progress off the tasks, so an update goes on after a restart of the daemon.
void plan_update(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
