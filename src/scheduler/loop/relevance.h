#pragma once

#include "state/snapshot.h"

namespace swarmward::scheduler {

// Which changes the loop need not look at. Pure. What is not known here counts as relevant.

/// The node's change may change where tasks are: a heartbeat alone does not.
[[nodiscard]] bool matters(state::Touch<model::Node> const& touch);

/// No plan looks at what has changed of the task.
[[nodiscard]] bool concerns_nobody(state::Touch<model::Task> const& touch);

/// Nothing changed that plan_enforcement() looks at: another number of replicas is nothing to it.
[[nodiscard]] bool holds_tasks_alike(model::Service const& before, model::Service const& after);

}  // namespace swarmward::scheduler
