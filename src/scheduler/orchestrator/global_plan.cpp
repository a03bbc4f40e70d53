#include "scheduler/orchestrator/global_plan.h"

#include <algorithm>

#include "scheduler/restart/restart_plan.h"

namespace swarmward::scheduler {

namespace {

bool is_eligible(ServiceView const& view, model::Node const& node) {
  auto const& placement = view.service->spec->task.placement;
  return !is_lost(&node) && (!placement || satisfies(placement->constraints, node));
}

/// A new task on a node whose old one is still stopping waits for it.
NewTask task_for(model::Node const& node, std::vector<model::Task const*> const* history) {
  NewTask created{Place{0, node.id}, model::TaskState::Running, {}, {}, false, {}};
  if (history != nullptr && !model::is_terminal(history->back()->status.state)) {
    created.desired = model::TaskState::Ready;
    created.replaces = history->back()->id;
  }
  return created;
}

}  // namespace

TaskPlan plan_global(ServiceView const& view) {
  TaskPlan plan;
  auto const places = by_place(view);
  for (auto const& [place, tasks] : places) {
    auto const found = view.nodes.find(place.node);
    bool const fit = found != view.nodes.end() && is_eligible(view, *found->second);
    bool const paused = fit && found->second->spec.availability == model::Availability::Pause;
    for (auto const* task : tasks) {
      if (!is_wanted(*task)) {
        continue;
      }
      if (!fit || (paused && model::is_terminal(task->status.state))) {
        plan.shutdown.push_back(task->id);
      } else {
        plan_restart(view, place, *task, plan);
      }
    }
  }
  for (auto const& [id, node] : view.nodes) {
    auto const known = places.find(Place{0, id});
    auto const* history = known == places.end() ? nullptr : &known->second;
    bool const has_task =
        history != nullptr &&
        (std::ranges::any_of(*history, [](auto const* t) { return is_wanted(*t); }) ||
         is_finished(*history));
    bool const open = node->spec.availability == model::Availability::Active &&
                      node->status.state == model::NodeState::Ready;
    if (!has_task && open && is_eligible(view, *node)) {
      plan.create.push_back(task_for(*node, history));
    }
  }
  plan_starts(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
