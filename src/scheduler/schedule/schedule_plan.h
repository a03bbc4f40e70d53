#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A run that no manager could start when it came due is made up for this much later at most.
inline constexpr Duration kLatestRun = std::chrono::minutes(5);

/// Runs the service once more when the schedule in its labels comes due. The schedule counts from
/// the moment it is first seen here. Pure.
void plan_schedule(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
