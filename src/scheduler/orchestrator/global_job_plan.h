#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What must change for a global job to complete once on each node that is fit for it. Pure. Tasks
/// of older iterations are removed, finished ones too. A node that comes, or comes back, gets its
/// task; one that has completed or used up its attempts gets no other until the next iteration.
[[nodiscard]] TaskPlan plan_global_job(ServiceView const& view);

}  // namespace swarmward::scheduler
