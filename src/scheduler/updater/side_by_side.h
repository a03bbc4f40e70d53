#pragma once

#include "scheduler/updater/update_progress.h"

namespace swarmward::scheduler {

/// Does its engine say that it runs?
[[nodiscard]] inline bool runs(model::Task const* task) {
  return task->status.state == model::TaskState::Running;
}

/// Where old and new tasks share a place, those that are no longer needed are told to stop, in
/// `plan`, and leave `place`: the old ones once the new one has proven itself, the new one if it
/// has failed or did not run in time, and all but one of several old ones.
void retire_superseded(ServiceView const& view,
                       UpdateSettings const& settings,
                       UpdatedPlace& place,
                       TaskPlan& plan);

}  // namespace swarmward::scheduler
