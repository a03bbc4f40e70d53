#pragma once

#include <optional>

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// As long as only tasks change, each slot of the service may be looked at by itself: none has to
/// wait for another. Pure. The view is of the whole service, and its plan is empty.
[[nodiscard]] bool slots_stand_alone(ServiceView const& view);

/// What plan_service() says about one slot of a service whose slots stood alone before the tasks of
/// this slot changed. Pure. The view has the tasks of this slot alone. Nothing if it is no longer
/// about this slot alone (a task has to move or to be updated, the slot is no longer taken): then
/// the whole service has to be looked at.
[[nodiscard]] std::optional<TaskPlan> plan_slot(ServiceView const& view);

}  // namespace swarmward::scheduler
