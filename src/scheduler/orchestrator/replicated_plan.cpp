#include "scheduler/orchestrator/replicated_plan.h"

#include <algorithm>
#include <set>

#include "scheduler/orchestrator/scale_down.h"
#include "scheduler/restart/restart_plan.h"
#include "scheduler/restart/start_plan.h"

namespace swarmward::scheduler {

namespace {

void remove_all(PlaceTasks const& place, TaskPlan& plan) {
  for (auto const* task : place.tasks) {
    if (task->desired_state < model::TaskState::Remove) {
      plan.remove.push_back(task->id);
    }
  }
}

/// The lowest slots without a task.
std::set<model::Slot> fill_gaps(ServiceView const& view,
                                std::vector<LiveSlot> const& live,
                                std::uint64_t replicas,
                                TaskPlan& plan) {
  std::set<model::Slot> taken;
  std::ranges::transform(live, std::inserter(taken, taken.end()), &LiveSlot::slot);
  std::set<model::Slot> filled;
  auto missing = replicas - std::min<std::uint64_t>(replicas, live.size());
  for (model::Slot slot = 1; missing > 0; ++slot) {
    if (!taken.contains(slot)) {
      Place const place{slot, {}};
      plan.create.push_back(task_after(view, place, view.find_place(place)));
      filled.insert(slot);
      --missing;
    }
  }
  return filled;
}

}  // namespace

bool is_taken(ServiceView const& view, PlaceTasks const& place) {
  return std::ranges::any_of(place.tasks, [](auto const* task) { return is_wanted(*task); }) ||
         is_finished(view, place);
}

TaskPlan plan_replicated(ServiceView const& view) {
  TaskPlan plan;
  auto const replicas = std::get<model::Replicated>(view.service->spec->mode).replicas;
  std::vector<LiveSlot> live;
  std::vector<PlaceTasks> occupied;
  std::vector<PlaceTasks> dead;
  for (auto const& place : view.places()) {
    LiveSlot slot{place.place.slot, {}};
    std::ranges::copy_if(place.tasks, std::back_inserter(slot.wanted), [](auto const* task) {
      return is_wanted(*task);
    });
    if (!slot.wanted.empty()) {
      occupied.push_back(place);
    }
    if (is_taken(view, place)) {
      live.push_back(std::move(slot));
    } else {
      dead.push_back(place);
    }
  }
  if (live.size() > replicas) {
    for (auto const slot : choose_surplus(view, live, replicas)) {
      remove_all(*view.find_place(Place{slot, {}}), plan);
    }
  } else {
    plan_restarts(view, occupied, plan);
  }
  // Slots that nothing will fill again lose their history.
  auto const filled = fill_gaps(view, live, replicas, plan);
  for (auto const& place : dead) {
    if (!filled.contains(place.place.slot)) {
      remove_all(place, plan);
    }
  }
  plan_starts(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
