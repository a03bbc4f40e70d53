#include "scheduler/rebalancer/rebalance_plan.h"

#include <algorithm>
#include <iterator>

#include "model/ward_labels.h"
#include "scheduler/rebalancer/move_list.h"
#include "scheduler/rebalancer/seats.h"

namespace swarmward::scheduler {

namespace {

bool in_update(model::Service const& service) {
  return service.update_status && !has_finished_update(service);
}

/// When the service has last changed; nothing if it is not at rest at all.
std::optional<Time> at_rest_since(ServiceView const& view) {
  auto since = view.service->meta.updated_at;
  std::size_t wanted = 0;
  for (auto const* task : view.tasks) {
    if (!is_wanted(*task)) {
      continue;
    }
    ++wanted;
    if (task->status.state != model::TaskState::Running || view.outdated(*task)) {
      return std::nullopt;
    }
    since = std::max(since, task->meta.updated_at);
  }
  auto const replicas = std::get<model::Replicated>(view.service->spec->mode).replicas;
  return wanted == replicas ? std::optional(since) : std::nullopt;
}

/// The end of the pause after the last move.
Time cooled_down_at(ServiceView const& view) {
  Time at{};
  for (auto const* task : view.tasks) {
    if (task->origin == model::TaskOrigin::Move) {
      at = std::max(at, task->meta.updated_at + kMoveCooldown);
    }
  }
  return at;
}

/// The last change of a node that may have tasks of the service.
Time last_change(Branches const& branches) {
  Time at{};
  for (auto const& [name, branch] : branches) {
    for (auto const& seat : branch.seats) {
      at = std::max(at, seat.node->meta.updated_at);
    }
  }
  return at;
}

std::vector<model::Task const*> wanted_tasks(ServiceView const& view) {
  std::vector<model::Task const*> tasks;
  std::ranges::copy_if(
      view.tasks, std::back_inserter(tasks), [](auto const* task) { return is_wanted(*task); });
  return tasks;
}

}  // namespace

void plan_rebalance(ServiceView const& view, TaskPlan& plan) {
  if (!model::has_rebalance(view.service->spec->annotations.labels) ||
      !std::holds_alternative<model::Replicated>(view.service->spec->mode) ||
      in_update(*view.service) || !plan.empty()) {
    return;
  }
  auto const since = at_rest_since(view);
  if (!since) {
    return;
  }
  auto branches = seats_of(view, wanted_tasks(view));
  auto const change = find_change(branches);
  if (change.from == nullptr || change.from->tasks.empty()) {
    return;
  }
  auto const rested = std::max(*since, last_change(branches)) + kRestBeforeMove;
  auto const at = std::max(rested, cooled_down_at(view));
  if (at > view.now) {
    plan.wake_at(at);
    return;
  }
  auto const* task = *std::ranges::max_element(
      change.from->tasks, {}, [](auto const* each) { return each->slot; });
  plan.create.push_back(make_move(view, {task, change.to->node->id}));
}

}  // namespace swarmward::scheduler
