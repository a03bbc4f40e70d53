#include "scheduler/orchestrator/job_tasks.h"

#include <algorithm>

#include "scheduler/restart/restart_plan.h"

namespace swarmward::scheduler {

std::uint64_t iteration_of(model::Service const& service) {
  return service.job_status ? service.job_status->iteration : 0;
}

JobPlace job_place(ServiceView const& view, PlaceTasks const& place) {
  auto const iteration = iteration_of(*view.service);
  // Iterations follow each other, so the tasks of the last one are the newest.
  auto const first = std::ranges::find_if(
      place.tasks, [&](auto const* task) { return task->job_iteration == iteration; });
  JobPlace job{{place.place, {first, place.tasks.end()}}};
  for (auto const* task : job.present.tasks) {
    bool const complete = task->status.state == model::TaskState::Complete;
    job.complete |= complete;
    job.live |= is_wanted(*task) && !complete;
  }
  job.exhausted =
      !job.present.tasks.empty() && !job.complete && !job.live && is_finished(view, job.present);
  return job;
}

void retire_older_iterations(ServiceView const& view, TaskPlan& plan) {
  auto const iteration = iteration_of(*view.service);
  bool const global = is_global(*view.service);
  for (auto const* task : view.tasks) {
    bool const over = model::is_terminal(task->status.state);
    // The history of a global job would never end: its places are the nodes.
    if (task->job_iteration != iteration && (!over || global) &&
        task->desired_state < model::TaskState::Remove) {
      plan.remove.push_back(task->id);
    }
  }
}

}  // namespace swarmward::scheduler
