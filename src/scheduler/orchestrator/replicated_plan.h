#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What must change for a replicated service to have its wanted slots filled, updates aside.
/// Pure. Which slots are surplus: see choose_surplus().
[[nodiscard]] TaskPlan plan_replicated(ServiceView const& view);

}  // namespace swarmward::scheduler
