#pragma once

#include <string>

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// While a service waits for another one, it looks again after so long.
inline constexpr Duration kDependencyPoll = std::chrono::seconds(1);

/// The first service that the label `ward.depends-on` names and that is not up: empty if there is
/// none. A service is up with one running task, or with all of them if the label asks for that; a
/// job once it has completed. Dependencies that lead back to the service itself are ignored: nobody
/// would ever start.
[[nodiscard]] std::string missing_dependency(ServiceView const& view);

/// Holds back what `plan` would start while a dependency is not up: tasks are made, placed and
/// prepared (desired Ready), and say what they wait for.
void hold_for_dependencies(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
