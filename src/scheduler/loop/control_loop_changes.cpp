// What a pass of the loop writes into the store.
#include "base/log.h"
#include "scheduler/loop/apply_plan.h"
#include "scheduler/loop/control_loop.h"
#include "scheduler/placement/apply_assignments.h"
#include "scheduler/reaper/attachment_reaper.h"

namespace swarmward::scheduler {

void ControlLoop::carry_out(model::ServiceId const& id,
                            TaskPlan const& plan,
                            std::vector<model::TaskId> const& reaped) {
  if (plan.empty() && reaped.empty()) {
    return;
  }
  room_log("scheduler")
      ->debug("service.reconciled service={} create={} shutdown={} remove={} start={} reap={}",
              id.view(),
              plan.create.size(),
              plan.shutdown.size(),
              plan.remove.size(),
              plan.start.size(),
              reaped.size());
  auto const change = [&](state::Draft& draft) -> Result<void> {
    apply_task_plan(draft, id, plan, random_);
    for (auto const& task : reaped) {
      draft.erase(task);
    }
    return {};
  };
  static_cast<void>(store_.apply(change));
}

void ControlLoop::care_for_attachments(Time now) {
  allocator_.allocate_attachments();
  auto const ended = ended_attachments(store_.head(), now);
  if (ended.empty()) {
    return;
  }
  auto const change = [&](state::Draft& draft) -> Result<void> {
    for (auto const& task : ended) {
      draft.erase(task);
    }
    return {};
  };
  static_cast<void>(store_.apply(change));
}

void ControlLoop::place_waiting(Time now) {
  auto const assignments = placement_.plan(store_.head(), now);
  if (assignments.empty()) {
    return;
  }
  std::vector<model::TaskId> refused;
  auto const change = [&](state::Draft& draft) -> Result<void> {
    apply_assignments(draft, assignments);
    refused = allocator_.attach_nodes(draft, assignments);
    return {};
  };
  assigning_ = true;
  static_cast<void>(store_.apply(change));
  assigning_ = false;
  if (!refused.empty()) {
    auto const reject = [&](state::Draft& draft) -> Result<void> {
      Allocator::reject(draft, refused);
      return {};
    };
    static_cast<void>(store_.apply(reject));
  }
}

}  // namespace swarmward::scheduler
