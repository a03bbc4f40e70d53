#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What must change for a replicated service to have its wanted slots filled, updates aside.
/// Pure. Which slots are surplus: see choose_surplus().
[[nodiscard]] TaskPlan plan_replicated(ServiceView const& view);

/// The slot counts as one of the wanted replicas: a task is wanted there, or its last was let end.
[[nodiscard]] bool is_taken(ServiceView const& view, PlaceTasks const& place);

}  // namespace swarmward::scheduler
