#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What must change for a replicated job to run to its total of completions, no more than
/// `max_concurrent` tasks at a time, in slots 0 to total-1. Pure. Tasks of older iterations that
/// still go are removed. A slot whose attempts are used up stays so until the next iteration.
[[nodiscard]] TaskPlan plan_replicated_job(ServiceView const& view);

}  // namespace swarmward::scheduler
