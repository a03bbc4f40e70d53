#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What must change for a replicated service to have its wanted slots filled, updates aside.
/// Pure. Surplus slots: those not placed first, then from the nodes with most copies, not running
/// before running, higher slot numbers first.
[[nodiscard]] TaskPlan plan_replicated(ServiceView const& view);

}  // namespace swarmward::scheduler
