#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/task.h"
#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// Nothing to wait for.
inline constexpr Time kNever = Time::max();

/// A task to be made from the service's present spec, or from that of an earlier task.
struct NewTask {
  Place place{};
  model::TaskState desired = model::TaskState::Running;
  model::TaskId replaces{};  ///< It starts when that one has stopped; empty: nothing to wait for.
  Time start_not_before{};   ///< Restart delay.
  model::TaskOrigin origin = model::TaskOrigin::Scale;
  std::uint32_t failures_before = 0;  ///< See model::Task::failures_before.
  std::vector<Time> restarts{};       ///< See model::Task::restarts.
  /// It gets this task's spec and spec version: its place's turn in an update has not come yet.
  /// Empty: the service's.
  model::TaskId spec_of{};
};

/// What must change for the tasks of one service.
struct TaskPlan {
  std::vector<NewTask> create;
  std::vector<model::TaskId> shutdown;  ///< Desired state becomes Shutdown: kept as history.
  std::vector<model::TaskId> remove;    ///< Desired state becomes Remove.
  std::vector<model::TaskId> start;     ///< Desired state goes from Ready to Running (or Complete).
  /// Observed state becomes Orphaned: their node has been silent for too long to call them running.
  std::vector<model::TaskId> orphan;
  /// Tasks that are held back, and what for: the text becomes the error of their status.
  std::vector<std::pair<model::TaskId, std::string>> waiting;
  std::optional<model::UpdateStatus> update_status;
  /// Service::scheduled_at becomes that.
  std::optional<Time> scheduled_at;
  /// It is run once more; so many tasks if it is replicated.
  std::optional<std::uint64_t> run_again;
  /// Jobs that are run once more: this service waits for them.
  std::vector<model::ServiceId> run_jobs;
  bool roll_back = false;       ///< The spec goes back to the previous one.
  bool waits_for_jobs = false;  ///< Look again when another service, or a job's task, changes.
  Time wake = kNever;           ///< Look again at this time even if nothing happens.

  [[nodiscard]] bool empty() const {
    return create.empty() && shutdown.empty() && remove.empty() && start.empty() &&
           orphan.empty() && waiting.empty() && !update_status && !scheduled_at && !run_again &&
           run_jobs.empty() && !roll_back;
  }
  void wake_at(Time time) { wake = std::min(wake, time); }
};

}  // namespace swarmward::scheduler
