#include "scheduler/updater/update_progress.h"

#include <algorithm>
#include <utility>

#include "scheduler/restart/restart_plan.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;

bool is_alive(model::Task const* task) {
  return !model::is_terminal(task->status.state);
}

bool is_better(model::Task const& task, model::Task const* than) {
  return than == nullptr || task.status.state == TaskState::Running ||
         than->status.state != TaskState::Running;
}

UpdatedPlace read_place(ServiceView const& view,
                        PlaceTasks const& place,
                        std::set<model::TaskId> const& leaving) {
  UpdatedPlace updated{.place = place.place, .outdated = {}};
  auto const add_double = [&](model::Task const* task) {
    if (task != nullptr && is_alive(task)) {
      updated.doubles.push_back(task);
    }
  };
  for (auto const* task : place.tasks) {
    if (is_made_by_update(*view.service, *task)) {
      updated.attempt = task;
    }
    if (!is_wanted(*task) || leaving.contains(task->id)) {
      continue;
    }
    if (view.outdated(*task)) {
      updated.outdated.push_back(task);
    } else if (is_better(*task, updated.current)) {
      add_double(std::exchange(updated.current, task));
    } else {
      add_double(task);
    }
  }
  auto const& last = place.newest();
  if (updated.outdated.empty() && updated.current == nullptr && !leaving.contains(last.id) &&
      is_finished(view, place) && view.outdated(last)) {
    // The place is held by a task that its policy let end: a new spec gives it another try.
    updated.outdated.push_back(&last);
  }
  return updated;
}

/// The last moment at which the task was still given the chance to run.
Time last_chance(model::Task const& task, Time now) {
  if (is_wanted(task) && !model::is_terminal(task.status.state)) {
    return now;
  }
  return model::is_terminal(task.status.state) ? task.status.timestamp : task.meta.updated_at;
}

}  // namespace

std::vector<UpdatedPlace> update_progress(ServiceView const& view,
                                          std::set<model::TaskId> const& leaving) {
  std::vector<UpdatedPlace> places;
  places.reserve(view.places().size());
  for (auto const& place : view.places()) {
    places.push_back(read_place(view, place, leaving));
  }
  return places;
}

bool is_made_by_update(model::Service const& service, model::Task const& task) {
  auto const& status = service.update_status;
  return task.origin == model::TaskOrigin::Update && task.spec_version == service.spec_version &&
         status && status->started_at && task.meta.created_at >= *status->started_at;
}

bool has_failed(model::Task const& made, UpdateSettings const& settings, Time now) {
  auto const state = made.status.state;
  bool const by_itself =
      state == TaskState::Complete || state == TaskState::Failed || state == TaskState::Rejected;
  if (is_evicted(made) || state == TaskState::Orphaned) {
    return false;
  }
  if (made.running_since != Time{}) {
    return by_itself && made.status.timestamp - made.running_since < settings.monitor;
  }
  return by_itself || last_chance(made, now) - made.meta.created_at >= settings.deadline;
}

bool is_proven(model::Task const& task, UpdateSettings const& settings, Time now) {
  return task.status.state == TaskState::Running && now - task.running_since >= settings.monitor;
}

bool is_given_up(UpdatedPlace const& place, UpdateSettings const& settings, Time now) {
  bool const tried = place.attempt != nullptr && has_failed(*place.attempt, settings, now);
  bool const replaced = place.current != nullptr && place.current != place.attempt;
  return tried && !replaced && std::ranges::any_of(place.outdated, is_alive);
}

Time free_at(model::Service const& service,
             UpdatedPlace const& place,
             UpdateSettings const& settings,
             Time now) {
  auto const* task = place.current;
  // A task of this update may have had to move before it ran.
  bool const moved = task != nullptr && task->origin == model::TaskOrigin::Move;
  bool const moving = task != nullptr && (task->origin == model::TaskOrigin::Update ||
                                          (moved && place.attempt != nullptr));
  if (moving && task->status.state < TaskState::Running) {
    return task->meta.created_at + settings.deadline > now ? kNever : now;
  }
  auto const since = service.update_status ? service.update_status->started_at : std::nullopt;
  if (moving && since && task->meta.created_at >= *since &&
      task->status.state == TaskState::Running) {
    auto const watch = settings.gated ? settings.monitor : Duration::zero();
    return task->running_since + std::max(watch, settings.delay);
  }
  if (place.attempt != nullptr && !is_alive(place.attempt)) {
    return place.attempt->status.timestamp + settings.delay;
  }
  return now;
}

}  // namespace swarmward::scheduler
