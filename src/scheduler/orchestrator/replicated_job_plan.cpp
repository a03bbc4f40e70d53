#include "scheduler/orchestrator/replicated_job_plan.h"

#include <set>

#include "scheduler/orchestrator/job_tasks.h"
#include "scheduler/restart/restart_plan.h"
#include "scheduler/restart/start_plan.h"

namespace swarmward::scheduler {

TaskPlan plan_replicated_job(ServiceView const& view) {
  TaskPlan plan;
  retire_older_iterations(view, plan);
  auto const& job = std::get<model::ReplicatedJob>(view.service->spec->mode);
  std::vector<PlaceTasks> live;
  std::set<model::Slot> taken;
  for (auto const& place : view.places()) {
    auto const state = job_place(view, place);
    if (state.complete || state.exhausted || state.live) {
      taken.insert(place.place.slot);
    }
    if (state.live && !state.complete) {
      live.push_back(state.present);
    }
  }
  plan_restarts(view, live, plan);
  auto running = live.size();
  for (model::Slot slot = 0; slot < job.total_completions && running < job.max_concurrent; ++slot) {
    if (!taken.contains(slot)) {
      plan.create.push_back({.place = Place{slot, {}}, .desired = model::TaskState::Complete});
      ++running;
    }
  }
  plan_starts(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
