#include "scheduler/orchestrator/global_plan.h"

#include <algorithm>

#include "scheduler/orchestrator/node_fitness.h"
#include "scheduler/restart/restart_plan.h"
#include "scheduler/restart/start_plan.h"

namespace swarmward::scheduler {

namespace {

bool has_task(ServiceView const& view, PlaceTasks const& place) {
  return std::ranges::any_of(place.tasks, [](auto const* task) { return is_wanted(*task); }) ||
         is_finished(view, place);
}

}  // namespace

TaskPlan plan_global(ServiceView const& view) {
  TaskPlan plan;
  NodeFitness const fitness(*view.service);
  std::vector<PlaceTasks> kept;
  for (auto const& place : view.places()) {
    auto const* node = view.find_node(place.place.node);
    bool const fit = fitness.may_keep(node);
    bool const paused = fit && node->spec.availability == model::Availability::Pause;
    if (fit && !paused) {
      kept.push_back(place);
      continue;
    }
    for (auto const* task : place.tasks) {
      if (is_wanted(*task) && (!fit || model::is_terminal(task->status.state))) {
        plan.shutdown.push_back(task->id);
      }
    }
  }
  plan_restarts(view, kept, plan);
  for (auto const& [id, node] : *view.nodes) {
    if (fitness.may_get(*node)) {
      auto const* history = view.find_place(Place{0, id});
      if (history == nullptr || !has_task(view, *history)) {
        plan.create.push_back(task_after(view, Place{0, id}, history));
      }
    }
  }
  plan_starts(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
