#pragma once

#include "model/service.h"

namespace swarmward::scheduler {

/// How long a new task is watched for an early end. Source: swarm mode's default.
inline constexpr Duration kDefaultMonitor = std::chrono::seconds(5);

/// A new task that does not run after this long has failed, unless its health check may take
/// longer.
inline constexpr Duration kDefaultProgressDeadline = std::chrono::minutes(10);

/// How the present update or rollback of a service goes, defaults filled in.
struct UpdateSettings {
  bool rolling_back = false;
  std::uint64_t parallelism = 1;  ///< 0 is all at once.
  Duration delay{};
  model::FailureAction failure_action = model::FailureAction::Pause;
  Duration monitor = kDefaultMonitor;
  double max_failure_ratio = 0;
  /// Stop-first wherever two tasks of the new spec could not be on one node (host-mode ports).
  model::UpdateOrder order = model::UpdateOrder::StopFirst;
  bool gated = true;  ///< The next place waits until the last one has been watched for `monitor`.
  Duration deadline = kDefaultProgressDeadline;

  /// It may end with old tasks left where new ones did not get to run.
  [[nodiscard]] bool may_give_up_places() const {
    return failure_action == model::FailureAction::Continue || max_failure_ratio > 0;
  }
};

/// Pure. A rollback goes by the rollback config of the spec that it returns to.
[[nodiscard]] UpdateSettings update_settings(model::Service const& service);

}  // namespace swarmward::scheduler
