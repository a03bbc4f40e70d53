#include "scheduler/orchestrator/global_plan.h"

#include <algorithm>

#include "scheduler/orchestrator/node_fitness.h"
#include "scheduler/restart/restart_plan.h"
#include "scheduler/restart/start_plan.h"
#include "scheduler/updater/update_settings.h"

namespace swarmward::scheduler {

namespace {

bool has_task(ServiceView const& view, PlaceTasks const& place) {
  return std::ranges::any_of(place.tasks, [](auto const* task) { return is_wanted(*task); }) ||
         is_finished(view, place);
}

/// The service's update is over and would not have left an old task: a node with one was paused
/// then. Where an update may give places up, nobody can tell the one from the other.
bool has_left_none(model::Service const& service) {
  return has_finished_update(service) && !update_settings(service).may_give_up_places();
}

/// All that is wanted there is alive and outdated.
bool is_behind(ServiceView const& view, PlaceTasks const& place) {
  auto const is_old = [&](model::Task const* task) {
    return !model::is_terminal(task->status.state) && !must_leave(view, *task) &&
           view.outdated(*task);
  };
  return std::ranges::any_of(place.tasks, [](auto const* task) { return is_wanted(*task); }) &&
         std::ranges::all_of(place.tasks,
                             [&](auto const* task) { return !is_wanted(*task) || is_old(task); });
}

/// Unlike an update it waits for no other node. Source: swarm mode, when a node changes.
void catch_up(PlaceTasks const& place, TaskPlan& plan) {
  NewTask created{.place = place.place, .desired = model::TaskState::Ready};
  for (auto const* task : place.tasks) {
    if (is_wanted(*task)) {
      plan.shutdown.push_back(task->id);
      created.replaces = task->id;
    }
  }
  plan.create.push_back(std::move(created));
}

}  // namespace

TaskPlan plan_global(ServiceView const& view) {
  TaskPlan plan;
  NodeFitness const fitness(*view.service);
  bool const catches_up = has_left_none(*view.service);
  std::vector<PlaceTasks> kept;
  for (auto const& place : view.places()) {
    auto const* node = view.find_node(place.place.node);
    bool const fit = fitness.may_keep(node);
    bool const paused = fit && node->spec.availability == model::Availability::Pause;
    if (fit && !paused) {
      if (catches_up && fitness.may_get(*node) && is_behind(view, place)) {
        catch_up(place, plan);
      } else {
        kept.push_back(place);
      }
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
