#include "scheduler/service_view.h"

#include <algorithm>

#include "model/constraint.h"

namespace swarmward::scheduler {

namespace {

Place place_of(model::Task const& task, bool global) {
  return global ? Place{0, task.node_id} : Place{task.slot, {}};
}

ViewMemo::Difference difference(model::Task const& task, model::Service const& service) {
  auto const& wanted = service.spec->task;
  bool const same_endpoint = task.endpoint ? service.spec->endpoint == *task.endpoint
                                           : !service.spec->endpoint.has_value();
  if (!same_endpoint) {
    return {false, true};
  }
  if (task.spec.get() == &wanted) {
    return {};
  }
  if (task.spec->placement == wanted.placement) {
    return {false, *task.spec != wanted};
  }
  auto moved = *task.spec;
  moved.placement = wanted.placement;
  return {true, moved != wanted};
}

/// From `first` on as long as `belongs` holds.
template <class Belongs>
std::vector<model::Task const*> tasks_from(state::Snapshot const& head,
                                           state::TaskBySlot::Key const& first,
                                           Belongs const& belongs) {
  std::vector<model::Task const*> tasks;
  auto const& index = head.tasks_by_service;
  for (auto it = index.lower_bound(first); it != index.end() && belongs(*it.value()); ++it) {
    tasks.push_back(it.value().get());
  }
  return tasks;
}

bool is_outdated_by(ViewMemo::Difference const& difference,
                    model::Service const& service,
                    model::Node const* node) {
  if (difference.other || !difference.placement) {
    return difference.other;
  }
  auto const& wanted = service.spec->task.placement;
  return node == nullptr || (wanted && !satisfies(wanted->constraints, *node));
}

}  // namespace

model::Task const* ServiceView::find_task(model::TaskId const& id) const {
  if (memo->by_id.empty()) {
    for (auto const* task : tasks) {
      memo->by_id.emplace(task->id, task);
    }
  }
  auto const found = memo->by_id.find(id);
  return found == memo->by_id.end() ? nullptr : found->second;
}

std::vector<PlaceTasks> const& ServiceView::places() const {
  if (memo->has_places) {
    return memo->places;
  }
  memo->has_places = true;
  bool const global = service != nullptr && is_global(*service);
  auto& sorted = memo->sorted;
  sorted = tasks;
  std::ranges::sort(sorted, {}, [&](auto const* task) {
    return std::tuple(place_of(*task, global), task->meta.created_at, task->id);
  });
  for (auto first = sorted.begin(); first != sorted.end();) {
    auto const place = place_of(**first, global);
    auto const last = std::find_if(
        first, sorted.end(), [&](auto const* task) { return place_of(*task, global) != place; });
    memo->places.push_back({place, std::span<model::Task const* const>(first, last)});
    first = last;
  }
  return memo->places;
}

PlaceTasks const* ServiceView::find_place(Place const& place) const {
  auto const& all = places();
  auto const found = std::ranges::lower_bound(all, place, {}, &PlaceTasks::place);
  return found == all.end() || found->place != place ? nullptr : &*found;
}

bool ServiceView::outdated(model::Task const& task) const {
  if (task.spec_version == service->spec_version) {
    return false;
  }
  auto const key = std::pair(task.spec.get(), task.endpoint.get());
  auto found = memo->differences.find(key);
  if (found == memo->differences.end()) {
    found = memo->differences.emplace(key, difference(task, *service)).first;
  }
  return is_outdated_by(found->second, *service, node_of(*this, task));
}

std::vector<model::Task const*> tasks_of(state::Snapshot const& head, model::ServiceId const& id) {
  return tasks_from(head, {id}, [&](model::Task const& task) { return task.service_id == id; });
}

std::vector<model::Task const*> tasks_of(state::Snapshot const& head,
                                         model::ServiceId const& id,
                                         model::Slot slot) {
  return tasks_from(head, {id, slot}, [&](model::Task const& task) {
    return task.slot == slot && task.service_id == id;
  });
}

bool is_outdated(model::Task const& task, model::Service const& service, model::Node const* node) {
  return task.spec_version != service.spec_version &&
         is_outdated_by(difference(task, service), service, node);
}

bool satisfies(std::vector<std::string> const& constraints, model::Node const& node) {
  return std::ranges::all_of(constraints, [&](std::string const& text) {
    auto const constraint = model::parse_constraint(text);
    return constraint && model::constraint_matches(*constraint, node);
  });
}

bool is_lost(model::Node const* node) {
  return is_silent(node) || node->spec.availability == model::Availability::Drain;
}

bool is_silent(model::Node const* node) {
  return node == nullptr || node->status.state == model::NodeState::Down;
}

model::Node const* node_of(ServiceView const& view, model::Task const& task) {
  return view.find_node(task.node_id);
}

bool is_job(model::Service const& service) {
  return std::holds_alternative<model::ReplicatedJob>(service.spec->mode) ||
         std::holds_alternative<model::GlobalJob>(service.spec->mode);
}

bool is_global(model::Service const& service) {
  return std::holds_alternative<model::Global>(service.spec->mode) ||
         std::holds_alternative<model::GlobalJob>(service.spec->mode);
}

bool has_finished_update(model::Service const& service) {
  auto const& status = service.update_status;
  return status && (status->state == model::UpdateState::Completed ||
                    status->state == model::UpdateState::RollbackCompleted);
}

}  // namespace swarmward::scheduler
