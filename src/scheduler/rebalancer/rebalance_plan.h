#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A service must have been at rest for so long before a task is moved.
inline constexpr Duration kRestBeforeMove = std::chrono::seconds(60);
/// Time between two moves of a service.
inline constexpr Duration kMoveCooldown = std::chrono::minutes(5);

/// Adds to `plan` the move of one task to a node that has at least two fewer of the service, if the
/// label `ward.rebalance=auto` asks for it and the service is at rest: no update, every slot
/// running, nothing changed lately. Pure. With a spread preference the branches are evened out
/// first, then the nodes of each branch.
void plan_rebalance(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
