#pragma once

#include <map>
#include <set>

#include "base/id.h"
#include "scheduler/task_plan.h"
#include "state/state_store.h"

namespace swarmward::scheduler {

/// Drives the cluster from its observed towards its desired state: orchestrators, restarts,
/// updates, placement, enforcement and reaping, each decided by a pure function and applied here.
/// It looks only at what was touched, and at what asked to be looked at later. Lives on the store's
/// strand.
class ControlLoop {
 public:
  ControlLoop(state::StateStore& store, Clock const& clock, RandomBytes random)
      : store_(store), clock_(clock), random_(std::move(random)) {}

  /// Everything is looked at in the next pass: at start, or after a write was taken back.
  void touch_all();
  /// Notes what a commit touched.
  void touch(state::Touched const& touched);
  [[nodiscard]] bool has_work() const;

  /// Works until nothing is left to do now. Returns when to look again, kNever if not at all.
  /// A pass over a settled state writes nothing.
  Time pass();

 private:
  void take_due(Time now);
  void enforce(model::NodeId const& id);
  void reconcile(model::ServiceId const& id, Time now);
  void place_waiting(Time now);

  state::StateStore& store_;
  Clock const& clock_;
  RandomBytes random_;
  std::set<model::ServiceId> services_;  ///< To be looked at.
  std::set<model::NodeId> nodes_;        ///< Changed: their tasks are checked.
  std::set<model::TaskId> waiting_;      ///< Without a confirmed node.
  bool placement_due_ = false;  ///< Something changed that may let a waiting task be placed.
  std::map<model::ServiceId, Time> wakes_;
};

}  // namespace swarmward::scheduler
