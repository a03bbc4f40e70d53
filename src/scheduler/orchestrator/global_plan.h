#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What must change for a global service to have one task on each node that is fit for it, updates
/// aside. Pure. A paused node keeps its task but gets no new one.
[[nodiscard]] TaskPlan plan_global(ServiceView const& view);

}  // namespace swarmward::scheduler
