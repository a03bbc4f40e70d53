#pragma once

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// The run of the job that is asked for now.
[[nodiscard]] std::uint64_t iteration_of(model::Service const& service);

/// What one place has to show for the present iteration of a job.
struct JobPlace {
  PlaceTasks present;      ///< Tasks of this iteration only; empty span if there are none.
  bool complete = false;   ///< One of them has completed.
  bool exhausted = false;  ///< The last one failed and the policy allows no other.
  bool live = false;       ///< One is wanted and still has to complete.
};

/// Reads the present iteration off the tasks of a place.
[[nodiscard]] JobPlace job_place(ServiceView const& view, PlaceTasks const& place);

/// Plans the end of what is left of older iterations.
void retire_older_iterations(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
