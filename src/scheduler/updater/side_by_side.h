#pragma once

#include "scheduler/updater/update_progress.h"

namespace swarmward::scheduler {

/// Does its engine say that it runs?
[[nodiscard]] inline bool runs(model::Task const* task) {
  return task->status.state == model::TaskState::Running;
}

/// Where tasks share a place, those that are no longer needed are told to stop, in `plan`, and
/// leave `place`: the old ones once the new one has proven itself, the new one if it has failed or
/// did not run in time, and all but one of several old ones, or of several new ones.
void retire_superseded(ServiceView const& view,
                       UpdateSettings const& settings,
                       UpdatedPlace& place,
                       TaskPlan& plan);

/// Some place has several wanted tasks that have not ended: there may be something to retire though
/// no task is outdated.
[[nodiscard]] bool some_share_a_place(ServiceView const& view);

}  // namespace swarmward::scheduler
