#include "scheduler/task_plan.h"

#include <algorithm>

#include "model/constraint.h"

namespace swarmward::scheduler {

bool is_lost(model::Node const* node) {
  return is_silent(node) || node->spec.availability == model::Availability::Drain;
}

bool is_silent(model::Node const* node) {
  return node == nullptr || node->status.state == model::NodeState::Down;
}

model::Node const* node_of(ServiceView const& view, model::Task const& task) {
  auto const found = view.nodes.find(task.node_id);
  return found == view.nodes.end() ? nullptr : found->second;
}

TasksByPlace by_place(ServiceView const& view) {
  bool const global = std::holds_alternative<model::Global>(view.service->spec->mode);
  TasksByPlace places;
  for (auto const* task : view.tasks) {
    auto const place = global ? Place{0, task->node_id} : Place{task->slot, {}};
    places[place].push_back(task);
  }
  for (auto& [place, tasks] : places) {
    std::ranges::sort(tasks, [](auto const* a, auto const* b) {
      return std::pair(a->meta.created_at, a->id) < std::pair(b->meta.created_at, b->id);
    });
  }
  return places;
}

bool satisfies(std::vector<std::string> const& constraints, model::Node const& node) {
  return std::ranges::all_of(constraints, [&](std::string const& text) {
    auto const constraint = model::parse_constraint(text);
    return constraint && model::constraint_matches(*constraint, node);
  });
}

bool is_outdated(model::Task const& task, model::Service const& service, model::Node const* node) {
  if (task.spec_version == service.spec_version) {
    return false;
  }
  auto const& wanted = service.spec->task;
  bool const same_endpoint = task.endpoint ? service.spec->endpoint == *task.endpoint
                                           : !service.spec->endpoint.has_value();
  if (!same_endpoint) {
    return true;
  }
  if (task.spec->placement == wanted.placement) {
    return *task.spec != wanted;
  }
  auto moved = *task.spec;
  moved.placement = wanted.placement;
  bool const fits =
      node != nullptr && (!wanted.placement || satisfies(wanted.placement->constraints, *node));
  return !fits || moved != wanted;
}

}  // namespace swarmward::scheduler
