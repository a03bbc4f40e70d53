#pragma once

#include <span>

#include "base/id.h"
#include "scheduler/task_plan.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Writes a plan into a draft. Tasks and services that have gone since are passed over.
void apply_task_plan(state::Draft& draft,
                     model::ServiceId const& service,
                     TaskPlan const& plan,
                     RandomBytes const& random);
/// Marks tasks as thrown out by the constraint enforcer. Their observed state stays what it is, and
/// with it what they hold, until their runner reports that they have stopped: that makes them
/// rejected.
void apply_rejections(state::Draft& draft, std::vector<model::TaskId> const& offenders);

/// An observation of the task's runner. States never go back; equal ones may change their texts.
/// Returns false if it said nothing new.
bool apply_status(state::Draft& draft, model::TaskId const& id, model::TaskStatus const& status);
/// The same for several that were observed one after the other: one change of the task.
bool apply_statuses(state::Draft& draft,
                    model::TaskId const& id,
                    std::span<model::TaskStatus const> statuses);

/// The service with its spec and its previous spec exchanged.
[[nodiscard]] model::Service rolled_back(model::Service service);

}  // namespace swarmward::scheduler
