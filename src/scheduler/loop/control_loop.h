#pragma once

#include <limits>
#include <set>
#include <unordered_set>

#include "base/id.h"
#include "scheduler/allocator/allocator.h"
#include "scheduler/loop/work_list.h"
#include "scheduler/placement/placement.h"
#include "scheduler/task_plan.h"
#include "state/state_store.h"

namespace swarmward::scheduler {

/// Drives the cluster from its observed towards its desired state: orchestrators, restarts,
/// updates, placement, enforcement and reaping, each decided by a pure function and applied here.
/// It looks only at what was touched, and at what asked to be looked at later: nothing is done per
/// node or task of the cluster. Lives on the store's strand.
class ControlLoop {
 public:
  ControlLoop(state::StateStore& store, Clock const& clock, RandomBytes random)
      : store_(store), clock_(clock), random_(std::move(random)), allocator_(store) {}

  /// Everything is looked at in the next pass: at start, or after a write was taken back.
  void touch_all();
  /// Notes what a commit touched.
  void touch(state::Touched const& touched);
  [[nodiscard]] bool has_work() const;

  /// Works until nothing is left to do now, or until the disk is `most_backlog` objects behind.
  /// Returns when to look again, kNever if not at all. A pass over a settled state writes nothing.
  Time pass(std::size_t most_backlog = std::numeric_limits<std::size_t>::max());

 private:
  void touch_service(state::Touch<model::Service> const& touch);
  void enforce(model::NodeId const& id);
  void evict_from(model::NodeId const& id);
  void orphan(std::vector<state::TaskPtr> const& tasks);
  void reconcile_some(Time now, std::size_t most_backlog);
  void reconcile(model::ServiceId const& id, Time now);
  void reconcile_slot(WorkList::SlotOf const& part, Time now);
  [[nodiscard]] std::vector<model::TaskId> reap(ServiceView const& view) const;
  void carry_out(model::ServiceId const& id,
                 TaskPlan const& plan,
                 std::vector<model::TaskId> const& reaped);
  void place_waiting(Time now);
  void care_for_attachments(Time now);

  state::StateStore& store_;
  Clock const& clock_;
  RandomBytes random_;
  Allocator allocator_;
  Placement placement_;
  Time keys_due_{};         ///< When keys of encrypted networks are looked at; at first at once.
  bool assigning_ = false;  ///< The commit under way writes what placement planned.
  WorkList work_;
  std::set<model::NodeId> nodes_;      ///< Changed: their tasks are checked.
  std::set<model::NodeId> unchecked_;  ///< A service of theirs changed: its tasks are checked.
  bool attachments_due_ = false;       ///< Containers that are no tasks of a service.
  std::unordered_set<model::ServiceId> waiting_;  ///< Services that wait for jobs of others.
  std::unordered_set<model::ServiceId> global_;  ///< Services that every change of a node concerns.
};

}  // namespace swarmward::scheduler
