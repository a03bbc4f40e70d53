#pragma once

#include <set>

#include "scheduler/task_plan.h"
#include "scheduler/updater/update_settings.h"

namespace swarmward::scheduler {

/// One place that an update has to bring, or has brought, to the new spec.
struct UpdatedPlace {
  Place place;
  /// Wanted tasks of an older spec, or the ended one of an older spec that holds the place.
  std::vector<model::Task const*> outdated;
  /// The wanted task of the new spec: one that runs if there is one, else the newest. Null if none.
  model::Task const* current = nullptr;
  /// Others that are wanted and of the new spec, and have not ended.
  std::vector<model::Task const*> doubles{};
  /// The newest task that this update made here, whatever has become of it. Null if none.
  model::Task const* attempt = nullptr;
};

/// Reads the progress of the present update off the tasks. Pure. `leaving` are tasks that the plan
/// so far gives up.
[[nodiscard]] std::vector<UpdatedPlace> update_progress(ServiceView const& view,
                                                        std::set<model::TaskId> const& leaving);

/// The present update (since `started_at`) made it, and its early end counts as a failure. A
/// rollback returns to a spec version that an earlier update may have used: its tasks are older.
[[nodiscard]] bool is_made_by_update(model::Service const& service, model::Task const& task);

/// A task made by the update ended before it had run for as long as it is watched, or did not run
/// in time. What the infrastructure took, or we stopped ourselves, has not failed.
[[nodiscard]] bool has_failed(model::Task const& made, UpdateSettings const& settings, Time now);

/// The new task has run for as long as it is watched: the old one is no longer needed.
[[nodiscard]] bool is_proven(model::Task const& task, UpdateSettings const& settings, Time now);

/// This update's attempt has failed while the old task runs on: the old one stays.
[[nodiscard]] bool is_given_up(UpdatedPlace const& place, UpdateSettings const& settings, Time now);

/// When the next place may be begun as far as this one is concerned: not after now if it is at
/// rest, kNever if its task still has to run.
[[nodiscard]] Time free_at(model::Service const& service,
                           UpdatedPlace const& place,
                           UpdateSettings const& settings,
                           Time now);

}  // namespace swarmward::scheduler
