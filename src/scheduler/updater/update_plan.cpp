#include "scheduler/updater/update_plan.h"

#include <algorithm>
#include <set>

#include "scheduler/restart/restart_plan.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;
using model::UpdateState;

/// One place that the update has to bring, or has brought, to the new spec.
struct UpdatedPlace {
  Place place;
  std::vector<model::Task const*> outdated;  ///< Wanted tasks of an older spec.
  model::Task const* current = nullptr;      ///< The newest wanted task of the new spec.
};

struct Progress {
  std::vector<UpdatedPlace> places;
  std::vector<model::Task const*> made;  ///< Tasks that this update made, ended ones too.
};

/// A rollback returns to a spec version that an earlier update may have used: its tasks are older.
bool is_made_by_this_update(ServiceView const& view, model::Task const& task) {
  auto const& status = view.service->update_status;
  return task.by_update && task.spec_version == view.service->spec_version && status &&
         status->started_at && task.meta.created_at >= *status->started_at;
}

Progress progress_of(ServiceView const& view, std::set<model::TaskId> const& leaving) {
  Progress progress;
  for (auto const& [place, tasks] : by_place(view)) {
    UpdatedPlace updated{place, {}, nullptr};
    for (auto const* task : tasks) {
      if (is_made_by_this_update(view, *task)) {
        progress.made.push_back(task);
      }
      if (!is_wanted(*task) || leaving.contains(task->id)) {
        continue;
      }
      if (is_outdated(*task, *view.service, node_of(view, *task))) {
        updated.outdated.push_back(task);
      } else {
        updated.current = task;
      }
    }
    if (is_finished(tasks) && !leaving.contains(tasks.back()->id) &&
        is_outdated(*tasks.back(), *view.service, node_of(view, *tasks.back()))) {
      // The place is held by a task that its policy let end: a new spec gives it another try.
      updated.outdated.push_back(tasks.back());
    }
    progress.places.push_back(std::move(updated));
  }
  return progress;
}

class Updater {
 public:
  Updater(ServiceView const& view, TaskPlan& plan)
      : view_(view), plan_(plan), status_(view.service->update_status) {
    bool const back = status_ && (status_->state == UpdateState::RollbackStarted ||
                                  status_->state == UpdateState::RollbackPaused ||
                                  status_->state == UpdateState::RollbackCompleted);
    auto const& chosen = back ? view.service->spec->rollback : view.service->spec->update;
    config_ = chosen.value_or(model::UpdateConfig{1, {}, {}, {}, 0, {}});
    monitor_ = config_.monitor.value_or(Duration::zero());
    monitor_ = monitor_ == Duration::zero() ? kDefaultMonitor : monitor_;
    rolling_back_ = back;
  }

  void run() {
    if (status_ &&
        (status_->state == UpdateState::Paused || status_->state == UpdateState::RollbackPaused)) {
      return;
    }
    std::set<model::TaskId> leaving(plan_.shutdown.begin(), plan_.shutdown.end());
    leaving.insert(plan_.remove.begin(), plan_.remove.end());
    progress_ = progress_of(view_, leaving);
    retire_superseded();
    auto const outdated = std::ranges::count_if(
        progress_.places, [](auto const& place) { return !place.outdated.empty(); });
    bool const active = status_ && (status_->state == UpdateState::Updating ||
                                    status_->state == UpdateState::RollbackStarted);
    if (outdated == 0) {
      if (active) {
        finish();
      }
      return;
    }
    if (!active) {
      begin();
    }
    if (!stopped_by_failure(static_cast<std::size_t>(outdated))) {
      replace_next();
    }
  }

 private:
  void set_status(UpdateState state, std::string message) {
    auto next = status_.value_or(model::UpdateStatus{});
    next.state = state;
    next.message = std::move(message);
    status_ = next;
    plan_.update_status = std::move(next);
  }

  void begin() {
    status_.reset();
    set_status(UpdateState::Updating, "update in progress");
    plan_.update_status->started_at = view_.now;
    status_->started_at = view_.now;
  }

  /// start-first: the old task goes once the new one is observed running.
  void retire_superseded() {
    for (auto& place : progress_.places) {
      bool const superseded =
          place.current != nullptr && place.current->status.state == TaskState::Running;
      if (superseded) {
        for (auto const* old : place.outdated) {
          plan_.shutdown.push_back(old->id);
        }
        place.outdated.clear();
      }
    }
  }

  [[nodiscard]] bool failed(model::Task const& task) const {
    if (!model::is_terminal(task.status.state) || task.status.state == TaskState::Shutdown) {
      return false;
    }
    return task.running_since == Time{} || task.status.timestamp - task.running_since < monitor_;
  }

  /// Applies the failure action. True if the update must not go on.
  bool stopped_by_failure(std::size_t outdated) {
    std::vector<model::Task const*> failures;
    std::ranges::copy_if(progress_.made, std::back_inserter(failures), [&](auto const* task) {
      return failed(*task);
    });
    auto const total = static_cast<double>(progress_.made.size() + outdated);
    if (failures.empty() || config_.failure_action == model::FailureAction::Continue ||
        static_cast<double>(failures.size()) / total <= config_.max_failure_ratio) {
      return false;
    }
    auto const task = " due to failure or early termination of task " + failures.front()->id.str();
    if (rolling_back_) {
      set_status(UpdateState::RollbackPaused,
                 (config_.failure_action == model::FailureAction::Rollback ? "rollback paused"
                                                                           : "update paused") +
                     task);
    } else if (config_.failure_action == model::FailureAction::Rollback &&
               view_.service->previous_spec) {
      set_status(UpdateState::RollbackStarted, "update rolled back" + task);
      plan_.roll_back = true;
    } else {
      set_status(UpdateState::Paused, "update paused" + task);
    }
    return true;
  }

  /// When the worker that made this task is free for another place; kNever if not yet known.
  [[nodiscard]] Time free_at(model::Task const& task) const {
    if (task.status.state < TaskState::Running) {
      return kNever;
    }
    auto const done = task.running_since == Time{} ? task.status.timestamp : task.running_since;
    return done + config_.delay;
  }

  void replace_next() {
    std::uint64_t busy = 0;
    for (auto const* task : progress_.made) {
      if (!is_wanted(*task) && task->status.state < TaskState::Running) {
        continue;  // Given up before it ran (its node was lost): nobody works on it any more.
      }
      auto const free = free_at(*task);
      if (free > view_.now) {
        ++busy;
        plan_.wake_at(free);
      }
    }
    // Broken places first: they have nothing to lose. Then in slot order.
    std::ranges::stable_sort(progress_.places, {}, [](auto const& place) {
      return std::ranges::any_of(place.outdated, [](auto const* task) {
        return task->status.state == TaskState::Running;
      });
    });
    for (auto const& place : progress_.places) {
      if (config_.parallelism != 0 && busy >= config_.parallelism) {
        return;
      }
      if (!place.outdated.empty() && place.current == nullptr) {
        replace(place);
        ++busy;
      }
    }
  }

  void replace(UpdatedPlace const& place) {
    NewTask created{place.place, TaskState::Ready, {}, view_.now, true, {}};
    if (config_.order == model::UpdateOrder::StartFirst) {
      created.desired = TaskState::Running;
    } else {
      created.replaces = place.outdated.back()->id;
      for (auto const* old : place.outdated) {
        plan_.shutdown.push_back(old->id);
      }
    }
    plan_.create.push_back(std::move(created));
  }

  /// All places are up to date: complete once the new tasks have been watched long enough.
  void finish() {
    if (stopped_by_failure(0)) {
      return;
    }
    auto done = status_->started_at.value_or(view_.now);
    for (auto const* task : progress_.made) {
      if (task->status.state < TaskState::Running) {
        if (is_wanted(*task)) {
          return;  // Its status will bring us back.
        }
        continue;
      }
      auto const since =
          task->running_since == Time{} ? task->status.timestamp : task->running_since;
      done = std::max(done, since + std::max(monitor_, config_.delay));
    }
    if (done > view_.now) {
      plan_.wake_at(done);
      return;
    }
    bool const back = status_->state == UpdateState::RollbackStarted;
    set_status(back ? UpdateState::RollbackCompleted : UpdateState::Completed,
               back ? "rollback completed" : "update completed");
    plan_.update_status->completed_at = view_.now;
  }

  ServiceView const& view_;
  TaskPlan& plan_;
  std::optional<model::UpdateStatus> status_;
  model::UpdateConfig config_;
  Duration monitor_{};
  bool rolling_back_ = false;
  Progress progress_;
};

}  // namespace

void plan_update(ServiceView const& view, TaskPlan& plan) {
  Updater(view, plan).run();
}

}  // namespace swarmward::scheduler
