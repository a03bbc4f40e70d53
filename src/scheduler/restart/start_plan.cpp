#include "scheduler/restart/start_plan.h"

#include <algorithm>
#include <ranges>

#include "scheduler/restart/drain_move.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;

/// Nobody has seen its container stop, though it was told to.
bool still_stops(ServiceView const& view, model::Task const& task) {
  return !is_wanted(task) && task.status.state >= TaskState::Assigned &&
         !model::is_terminal(task.status.state) && !is_silent(node_of(view, task));
}

/// When a waiting task may start: now or earlier means at once. It waits for every earlier task of
/// its place: the one that it comes after may itself have waited for another, or have taken over
/// from one that still stops, and have failed.
Time start_time(ServiceView const& view, PlaceTasks const& place, model::Task const& task) {
  auto const delay_over = task.start_not_before;
  auto const* replaced = task.replaces.empty() ? nullptr : view.find_task(task.replaces);
  bool const remains =
      replaced != nullptr && is_wanted(*replaced) && !model::is_terminal(replaced->status.state) &&
      replaced->status.state >= TaskState::Assigned && !is_silent(node_of(view, *replaced));
  if (remains && !moves_start_first(*view.service)) {
    return kNever;  // It is told to stop once this one is prepared.
  }
  bool const waits = std::ranges::any_of(
      place.tasks, [&](auto const* old) { return old->id != task.id && still_stops(view, *old); });
  return waits ? std::max(delay_over, task.meta.created_at + kOldTaskWait) : delay_over;
}

}  // namespace

model::Task const* find_stopping(ServiceView const& view, PlaceTasks const& place) {
  // Not reverse_view: clang 14 cannot compile that of libstdc++ 12.
  for (auto at = place.tasks.rbegin(); at != place.tasks.rend(); ++at) {
    if (still_stops(view, **at)) {
      return *at;
    }
  }
  return nullptr;
}

NewTask task_after(ServiceView const& view, Place where, PlaceTasks const* place) {
  NewTask created{.place = where};
  auto const* old = place == nullptr ? nullptr : find_stopping(view, *place);
  if (old != nullptr) {
    created.desired = TaskState::Ready;
    created.replaces = old->id;
  }
  return created;
}

void plan_starts(ServiceView const& view, TaskPlan& plan) {
  for (auto const& place : view.places()) {
    for (auto const* task : place.tasks) {
      if (task->desired_state != TaskState::Ready || model::is_terminal(task->status.state)) {
        continue;
      }
      auto const at = start_time(view, place, *task);
      if (at <= view.now) {
        plan.start.push_back(task->id);
      } else {
        plan.wake_at(at);
      }
    }
  }
}

}  // namespace swarmward::scheduler
