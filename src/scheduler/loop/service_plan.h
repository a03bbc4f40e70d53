#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// What the tasks of one service need now: the orchestrator of its mode, then the updater. A
/// service that is gone (`view.service` null) gives up its tasks. Pure.
[[nodiscard]] TaskPlan plan_service(ServiceView const& view);

}  // namespace swarmward::scheduler
