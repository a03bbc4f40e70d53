#include "scheduler/orchestrator/global_job_plan.h"

#include "scheduler/orchestrator/job_tasks.h"
#include "scheduler/orchestrator/node_fitness.h"
#include "scheduler/restart/restart_plan.h"
#include "scheduler/restart/start_plan.h"

namespace swarmward::scheduler {

namespace {

/// Ends what may not stay on its node. A task that has completed stays, as the proof.
void give_up(JobPlace const& place, TaskPlan& plan) {
  for (auto const* task : place.present.tasks) {
    if (is_wanted(*task) && task->status.state != model::TaskState::Complete) {
      plan.shutdown.push_back(task->id);
    }
  }
}

}  // namespace

TaskPlan plan_global_job(ServiceView const& view) {
  TaskPlan plan;
  retire_older_iterations(view, plan);
  NodeFitness const fitness(*view.service);
  std::vector<PlaceTasks> live;
  for (auto const& place : view.places()) {
    auto const state = job_place(view, place);
    if (!state.live || state.complete) {
      continue;
    }
    auto const* node = view.find_node(place.place.node);
    bool const ended = model::is_terminal(state.present.newest().status.state);
    if (fitness.may_keep(node) && (!ended || fitness.may_get(*node))) {
      live.push_back(state.present);
    } else {
      give_up(state, plan);
    }
  }
  plan_restarts(view, live, plan);
  for (auto const& [id, node] : *view.nodes) {
    if (!fitness.may_get(*node)) {
      continue;
    }
    auto const* place = view.find_place(Place{0, id});
    auto const state = place == nullptr ? JobPlace{} : job_place(view, *place);
    if (!state.complete && !state.exhausted && !state.live) {
      auto created = task_after(view, Place{0, id}, place);
      if (created.replaces.empty()) {
        created.desired = model::TaskState::Complete;
      }
      plan.create.push_back(std::move(created));
    }
  }
  plan_starts(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
