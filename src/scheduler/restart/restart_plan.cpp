#include "scheduler/restart/restart_plan.h"

#include <algorithm>

#include "model/ward_labels.h"
#include "scheduler/restart/drain_move.h"
#include "scheduler/restart/restart_policy.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;

/// Its node or its engine took it along: nobody's fault but the infrastructure's. For only wanted
/// tasks are looked at here, and nobody asked for the shutdown of one.
bool was_lost(model::Task const& task) {
  return task.status.state == TaskState::Orphaned || task.status.state == TaskState::Shutdown ||
         is_evicted(task);
}

/// The update that made it is paused, and the user wants its failures left alone.
bool is_held(ServiceView const& view, model::Task const& task) {
  auto const& status = view.service->update_status;
  return status &&
         (status->state == model::UpdateState::Paused ||
          status->state == model::UpdateState::RollbackPaused) &&
         model::stops_on_pause(view.service->spec->annotations.labels) && !view.outdated(task);
}

/// The wanted tasks of one place, by what has become of them.
struct Wanted {
  std::vector<model::Task const*> alive;
  std::vector<model::Task const*> leaving;
  std::vector<model::Task const*> ended;
};

class PlaceKeeper {
 public:
  PlaceKeeper(ServiceView const& view, TaskPlan& plan)
      : view_(view),
        plan_(plan),
        labels_(view.service->spec->annotations.labels),
        start_first_(moves_start_first(*view.service)) {}

  void keep(PlaceTasks const& place) {
    auto const wanted = sort_out(place);
    if (!wanted.alive.empty()) {
      covered(place, wanted);
    } else if (!wanted.leaving.empty()) {
      leave(place, wanted);
    } else if (!wanted.ended.empty()) {
      replace_ended(place, wanted.ended);
    }
  }

 private:
  [[nodiscard]] Wanted sort_out(PlaceTasks const& place) const {
    Wanted wanted;
    for (auto const* task : place.tasks) {
      if (!is_wanted(*task)) {
        continue;
      }
      auto& group = model::is_terminal(task->status.state) ? wanted.ended
                    : must_leave(view_, *task)             ? wanted.leaving
                                                           : wanted.alive;
      group.push_back(task);
    }
    return wanted;
  }

  void give_up(std::vector<model::Task const*> const& tasks) {
    for (auto const* task : tasks) {
      plan_.shutdown.push_back(task->id);
    }
  }

  /// Somebody lives here already: what has ended goes without a replacement.
  void covered(PlaceTasks const& place, Wanted const& wanted) {
    give_up(wanted.ended);
    for (auto const* leaving : wanted.leaving) {
      auto const* mover = find_mover(place, *leaving);
      bool const waits = mover != nullptr && goes_ahead(*mover) &&
                         mover->status.state < TaskState::Running &&
                         !is_silent(node_of(view_, *leaving));
      auto const until = waits ? drain_deadline(*node_of(view_, *leaving)) : view_.now;
      if (until > view_.now) {
        plan_.wake_at(until);
      } else {
        plan_.shutdown.push_back(leaving->id);
      }
    }
    for (auto const* task : wanted.alive) {
      settle_move(place, *task);
    }
  }

  /// Two live here because one was made to take over: the other goes once that one runs or, where
  /// the old one has to stop first, is prepared. If it may stay after all (its node is no longer
  /// drained), or the newcomer gets nowhere, the newcomer is not needed.
  void settle_move(PlaceTasks const& place, model::Task const& old) {
    auto const* mover = find_mover(place, old);
    if (mover == nullptr || must_leave(view_, *mover) || model::is_terminal(mover->status.state)) {
      return;
    }
    auto const until = mover->meta.created_at + kDrainWait;
    if (mover->status.state >= (goes_ahead(*mover) ? TaskState::Running : TaskState::Ready)) {
      plan_.shutdown.push_back(old.id);
    } else if (is_pointless(*mover, old) || until <= view_.now) {
      plan_.shutdown.push_back(mover->id);
    } else {
      plan_.wake_at(until);
    }
  }

  /// The one that it takes over from stays until it runs. That holds to the end of a move that has
  /// begun so, whatever becomes of the service meanwhile: the newcomer cannot be held back any
  /// more.
  [[nodiscard]] bool goes_ahead(model::Task const& mover) const {
    return start_first_ || mover.desired_state >= TaskState::Running;
  }

  /// It was made because the old one's node was drained, and that has changed since. Moves that
  /// even out a service begin on nodes that are at rest.
  [[nodiscard]] bool is_pointless(model::Task const& mover, model::Task const& old) const {
    auto const* node = node_of(view_, old);
    bool const changed = node != nullptr && node->meta.updated_at > mover.meta.created_at;
    return changed && !model::has_rebalance(labels_);
  }

  void leave(PlaceTasks const& place, Wanted const& wanted) {
    auto const& last = *who_is_replaced(wanted.leaving);
    auto const* node = node_of(view_, last);
    bool const ahead = start_first_ && last.status.state == TaskState::Running &&
                       !is_evicted(last) && !is_silent(node) && view_.now < drain_deadline(*node);
    auto const* mover = find_mover(place, last);  // One that has to leave, too.
    if (ahead && mover == nullptr && !may_move()) {
      plan_.wake_at(drain_deadline(*node));
      return;
    }
    auto created = replacement(place, last);
    created.origin = model::TaskOrigin::Move;
    created.replaces = is_silent(node) ? model::TaskId{} : last.id;
    if (last.desired_state == TaskState::Ready) {
      // It never began: the newcomer waits for what it waited for.
      created.replaces = last.replaces;
      created.start_not_before = std::max(last.start_not_before, view_.now);
    }
    for (auto const* task : wanted.leaving) {
      if (!ahead || task != &last) {
        plan_.shutdown.push_back(task->id);
      }
    }
    if (ahead) {
      retry_later(wanted.ended, created);
    }
    if (ahead && mover == nullptr) {
      ++*moving_;
    }
    give_up(wanted.ended);
    plan_.create.push_back(std::move(created));
  }

  /// The one that runs if it may wait for its replacement; one that was to take over from it, and
  /// has to leave itself before it runs, changes nothing about that. Else the newest.
  [[nodiscard]] model::Task const* who_is_replaced(
      std::vector<model::Task const*> const& leaving) const {
    auto const runs = std::find_if(leaving.rbegin(), leaving.rend(), [](auto const* task) {
      return task->status.state == TaskState::Running;
    });
    return start_first_ && runs != leaving.rend() ? *runs : leaving.back();
  }

  /// An earlier attempt to take over has failed: the next keeps the restart delay.
  void retry_later(std::vector<model::Task const*> const& ended, NewTask& created) const {
    if (!ended.empty()) {
      created.start_not_before = view_.now + delay_after(*ended.back());
      created.failures_before = failures_after(*ended.back());
    }
  }

  void replace_ended(PlaceTasks const& place, std::vector<model::Task const*> const& ended) {
    auto const& last = *ended.back();
    if (last.desired_state == TaskState::Ready && view_.now < last.start_not_before &&
        !was_lost(last)) {
      // It died while waiting for its own delay: restarts never come closer than the delay.
      plan_.wake_at(last.start_not_before);
      return;
    }
    give_up(ended);
    auto created = replacement(place, last);
    if (was_lost(last)) {
      created.origin = model::TaskOrigin::Move;
    } else if (should_restart(last) && !is_held(view_, last)) {
      created.origin = model::TaskOrigin::Restart;
      created.start_not_before = view_.now + delay_after(last);
      created.failures_before = failures_after(last);
      created.restarts = restart_history(last, view_.now);
    } else {
      return;
    }
    if (last.desired_state == TaskState::Ready) {
      created.replaces = last.replaces;
    }
    if (view_.outdated(last) && created.spec_of.empty()) {
      // Another container: its failures are its own.
      created.restarts.clear();
      created.failures_before = 0;
    }
    plan_.create.push_back(std::move(created));
  }

  /// With the counters as they were. During an update it keeps the spec of the old one until the
  /// updater gets to its place.
  [[nodiscard]] NewTask replacement(PlaceTasks const& place, model::Task const& task) const {
    NewTask created{
        .place = place.place, .desired = TaskState::Ready, .start_not_before = view_.now};
    created.failures_before = task.failures_before;
    created.restarts = task.restarts;
    if (!is_job(*view_.service) && !has_finished_update(*view_.service) && view_.outdated(task)) {
      created.spec_of = task.id;
    }
    return created;
  }

  [[nodiscard]] Duration delay_after(model::Task const& ended) const {
    return restart_delay(ended,
                         model::has_restart_backoff(labels_) ? Backoff::Growing : Backoff::Fixed);
  }

  bool may_move() {
    if (!moving_) {
      moving_ = moves_under_way(view_);
    }
    auto const most = move_parallelism(*view_.service);
    return most == 0 || *moving_ < most;
  }

  ServiceView const& view_;
  TaskPlan& plan_;
  model::StringMap const& labels_;
  bool start_first_;
  std::optional<std::uint64_t> moving_;
};

}  // namespace

void plan_restarts(ServiceView const& view, std::vector<PlaceTasks> const& places, TaskPlan& plan) {
  PlaceKeeper keeper(view, plan);
  for (auto const& place : places) {
    keeper.keep(place);
  }
}

bool is_finished(ServiceView const& view, PlaceTasks const& place) {
  auto const& last = place.newest();
  auto const state = last.status.state;
  bool const by_itself =
      state == TaskState::Complete || state == TaskState::Failed || state == TaskState::Rejected;
  if (last.desired_state != TaskState::Shutdown || !by_itself || was_lost(last)) {
    return false;
  }
  return !should_restart(last) || is_held(view, last);
}

bool must_leave(ServiceView const& view, model::Task const& task) {
  if (model::is_terminal(task.status.state)) {
    return false;
  }
  if (task.status.state >= TaskState::Assigned) {
    return is_evicted(task) || is_lost(node_of(view, task));
  }
  if (task.node_id.empty() || is_global(*view.service)) {
    return false;
  }
  // It waits for the node that it was to be moved to: not longer than there is something to move.
  auto const* old = view.find_task(task.replaces);
  return old == nullptr || !is_wanted(*old) || is_lost(node_of(view, task));
}

}  // namespace swarmward::scheduler
