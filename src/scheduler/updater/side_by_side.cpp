#include "scheduler/updater/side_by_side.h"

#include <algorithm>
#include <tuple>

namespace swarmward::scheduler {

namespace {

using model::TaskState;
using Tasks = std::vector<model::Task const*>;

/// A place that waits for room which only its own old task can give.
bool is_blocked_by_old(model::Task const& task) {
  auto const& err = task.status.err;
  return task.status.state == TaskState::Pending &&
         (err.contains("max replicas per node limit exceed") ||
          err.contains("host-mode port already in use"));
}

/// One of them was made to take over from another: those two know how to share a place.
bool holds_a_move(Tasks const& tasks) {
  return std::ranges::any_of(tasks, [&](auto const* mover) {
    return mover->origin == model::TaskOrigin::Move &&
           std::ranges::any_of(tasks, [&](auto const* old) { return old->id == mover->replaces; });
  });
}

/// The newest that has proven itself, else the oldest that runs; null if none does.
model::Task const* find_best(Tasks const& old, UpdateSettings const& settings, Time now) {
  auto const proven = std::find_if(
      old.rbegin(), old.rend(), [&](auto const* task) { return is_proven(*task, settings, now); });
  if (proven != old.rend()) {
    return *proven;
  }
  auto const running = std::ranges::find_if(old, runs);
  return running == old.end() ? nullptr : *running;
}

/// Of those that run, the one to keep; the others are told to stop. Null if nobody is.
model::Task const* keep_best(Tasks const& tasks,
                             ServiceView const& view,
                             UpdateSettings const& settings,
                             TaskPlan& plan) {
  if (tasks.size() < 2 || holds_a_move(tasks)) {
    return nullptr;
  }
  auto const* kept = find_best(tasks, settings, view.now);
  for (auto const* other : tasks) {
    if (kept != nullptr && other != kept) {
      plan.shutdown.push_back(other->id);
    }
  }
  return kept;
}

/// An update that another has overtaken may have left its task beside the one that it was to take
/// over from. One of the two stays until this update gets to the place: the newer one if it has
/// proven itself. Were both to stay, and this update were to give the place up, there they would
/// run for good.
void keep_one(ServiceView const& view,
              UpdateSettings const& settings,
              UpdatedPlace& place,
              TaskPlan& plan) {
  if (auto const* kept = keep_best(place.outdated, view, settings, plan)) {
    place.outdated = {kept};
  }
  if (place.doubles.empty()) {
    return;
  }
  // Both may do for the new spec, where the two differ in constraints that both nodes meet.
  auto current = place.doubles;
  current.push_back(place.current);
  std::ranges::sort(
      current, {}, [](auto const* task) { return std::tuple(task->meta.created_at, task->id); });
  if (auto const* kept = keep_best(current, view, settings, plan)) {
    place.current = kept;
    place.doubles.clear();
  }
}

/// By when a new task has to run. One that this update found there has as long as one that it made.
Time last_chance(model::Task const& current,
                 model::Service const& service,
                 UpdateSettings const& settings,
                 Time now) {
  auto const& status = service.update_status;
  auto const since = status ? status->started_at.value_or(now) : now;
  return std::max(current.meta.created_at, since) + settings.deadline;
}

}  // namespace

void retire_superseded(ServiceView const& view,
                       UpdateSettings const& settings,
                       UpdatedPlace& place,
                       TaskPlan& plan) {
  keep_one(view, settings, place, plan);
  if (place.current == nullptr || place.outdated.empty()) {
    return;
  }
  auto const& current = *place.current;
  if (is_proven(current, settings, view.now) || is_blocked_by_old(current)) {
    for (auto const* old : place.outdated) {
      plan.shutdown.push_back(old->id);
    }
    place.outdated.clear();
    return;
  }
  if (runs(&current)) {
    plan.wake_at(current.running_since + settings.monitor);
    return;
  }
  auto const until = last_chance(current, *view.service, settings, view.now);
  if (until <= view.now || is_given_up(place, settings, view.now)) {
    plan.shutdown.push_back(current.id);
    place.current = nullptr;
  } else {
    plan.wake_at(until);
  }
}

bool some_share_a_place(ServiceView const& view) {
  return std::ranges::any_of(view.places(), [](PlaceTasks const& place) {
    return std::ranges::count_if(place.tasks, [](auto const* task) {
             return is_wanted(*task) && !model::is_terminal(task->status.state);
           }) > 1;
  });
}

}  // namespace swarmward::scheduler
