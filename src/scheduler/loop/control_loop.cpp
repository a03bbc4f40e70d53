#include "scheduler/loop/control_loop.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "scheduler/enforcer/enforcer_plan.h"
#include "scheduler/loop/apply_plan.h"
#include "scheduler/loop/relevance.h"
#include "scheduler/loop/service_plan.h"
#include "scheduler/loop/slot_plan.h"
#include "scheduler/networks/network_keys.h"
#include "scheduler/reaper/reaper_plan.h"

namespace swarmward::scheduler {

void ControlLoop::touch_all() {
  auto const& head = store_.head();
  global_.clear();
  for (auto const [id, service] : head.services) {
    touch_service({nullptr, service});
  }
  for (auto const [id, node] : head.nodes) {
    nodes_.insert(id);
  }
  // Tasks may have outlived their service.
  for (auto it = head.tasks_by_service.begin(); it != head.tasks_by_service.end(); ++it) {
    auto const& owner = it.value()->service_id;
    if (!owner.empty()) {
      work_.add(owner);
    }
  }
  attachments_due_ = true;
  keys_due_ = Time{};
  allocator_.rebuild();
  placement_.rebuild(head, clock_.now());
}

void ControlLoop::touch(state::Touched const& touched) {
  work_.add_all(allocator_.touch(touched));
  if (!touched.networks.empty()) {
    keys_due_ = Time{};
  }
  for (auto const& touch : touched.clusters) {
    bool const other_limit =
        touch.before && touch.after &&
        touch.before->spec.task_history_limit != touch.after->spec.task_history_limit;
    if (other_limit) {
      for (auto const [id, service] : store_.head().services) {
        work_.add(id);
      }
    }
  }
  if (!assigning_) {
    placement_.touch(touched, clock_.now());
  }
  for (auto const& touch : touched.services) {
    touch_service(touch);
  }
  if (!touched.services.empty()) {
    work_.add_all(waiting_);
  }
  for (auto const& touch : touched.nodes) {
    if (matters(touch)) {
      nodes_.insert((touch.after ? touch.after : touch.before)->id);
    }
  }
  attachments_due_ = attachments_due_ || !touched.networks.empty();
  for (auto const& touch : touched.tasks) {
    auto const& task = *(touch.after ? touch.after : touch.before);
    if (task.service_id.empty()) {
      attachments_due_ = true;
    } else if (!concerns_nobody(touch)) {
      work_.add(WorkList::SlotOf{task.service_id, task.slot});
      if (task.job_iteration) {
        work_.add_all(waiting_);
      }
    }
  }
}

void ControlLoop::touch_service(state::Touch<model::Service> const& touch) {
  auto const& id = (touch.after ? touch.after : touch.before)->id;
  work_.add(id);
  // What its tasks are held to depends on its spec and on how far an update of it is.
  bool const same = touch.before && touch.after && holds_tasks_alike(*touch.before, *touch.after);
  if (touch.before && touch.after && !same) {
    for (auto const& task : store_.head().tasks_of(id)) {
      unchecked_.insert(task->node_id);
    }
  }
  if (touch.after && is_global(*touch.after)) {
    global_.insert(id);
  } else {
    global_.erase(id);
  }
}

bool ControlLoop::has_work() const {
  return allocator_.has_work() || attachments_due_ || !work_.empty() || !nodes_.empty() ||
         !unchecked_.empty() || placement_.due();
}

Time ControlLoop::pass(std::size_t most_backlog) {
  // Bounded, so that two loops that undo each other's work can never hold the strand.
  constexpr int kMostRounds = 1000;
  auto const now = clock_.now();
  work_.wake(now);
  if (keys_due_ <= now) {
    keys_due_ = keep_network_keys(store_, random_, now);
  }
  for (int round = 0; round < kMostRounds && store_.backlog() < most_backlog; ++round) {
    for (auto const& id : std::exchange(nodes_, {})) {
      enforce(id);
    }
    for (auto const& id : std::exchange(unchecked_, {})) {
      evict_from(id);
    }
    allocator_.allocate_networks();
    if (std::exchange(attachments_due_, false)) {
      care_for_attachments(now);
    }
    allocator_.allocate_nodes();
    reconcile_some(now, most_backlog);
    if (placement_.due() || placement_.wake() <= now) {
      place_waiting(now);
    }
    if (!has_work()) {
      break;
    }
  }
  return has_work() ? now : std::min({work_.next_wake(), placement_.wake(), keys_due_});
}

/// Stops early once many tasks wait for a node: placing them in between keeps memory flat.
void ControlLoop::reconcile_some(Time now, std::size_t most_backlog) {
  constexpr std::size_t kMostWaiting = 5'000;
  auto const may_go_on = [&] {
    return placement_.fresh() < kMostWaiting && store_.backlog() < most_backlog;
  };
  auto const slots = work_.take_slots();
  for (auto const& part : slots) {
    may_go_on() && !work_.contains(part.service) ? reconcile_slot(part, now) : work_.add(part);
  }
  // Those that this touches come in the next round.
  std::vector<model::ServiceId> services;
  for (auto id = work_.take_service(); !id.empty(); id = work_.take_service()) {
    services.push_back(id);
  }
  for (auto const& id : services) {
    may_go_on() ? reconcile(id, now) : work_.add(id);
  }
}

void ControlLoop::enforce(model::NodeId const& id) {
  auto const& head = store_.head();
  auto const tasks = head.tasks_on(id);
  work_.add_all(global_);
  for (auto const& task : tasks) {
    if (!task->service_id.empty()) {
      work_.add(task->service_id);
    }
  }
  if (head.find_node(id)) {
    evict_from(id);
  } else {
    orphan(tasks);
  }
}

void ControlLoop::evict_from(model::NodeId const& id) {
  auto const& head = store_.head();
  auto const node = head.find_node(id);
  if (!node) {
    return;
  }
  auto const tasks = head.tasks_on(id);
  std::vector<PlacedTask> placed;
  std::vector<state::ServicePtr> services;  // Keeps what `placed` points to.
  for (auto const& task : tasks) {
    if (auto service = head.find_service(task->service_id)) {
      placed.push_back({task.get(), service.get()});
      services.push_back(std::move(service));
    }
  }
  auto const offenders = plan_enforcement(*node, placed);
  if (!offenders.empty()) {
    auto const reject = [&](state::Draft& draft) -> Result<void> {
      apply_rejections(draft, offenders);
      return {};
    };
    static_cast<void>(store_.apply(reject));
  }
}

void ControlLoop::orphan(std::vector<state::TaskPtr> const& tasks) {
  auto const change = [&](state::Draft& draft) -> Result<void> {
    for (auto const& task : tasks) {
      model::TaskStatus status = task->status;
      status.timestamp = draft.now();
      status.state = model::TaskState::Orphaned;
      status.message = "Task belonged to a node that has been deleted";
      if (!model::is_terminal(task->status.state)) {
        apply_status(draft, task->id, status);
      }
    }
    return {};
  };
  static_cast<void>(store_.apply(change));
}

void ControlLoop::reconcile(model::ServiceId const& id, Time now) {
  allocator_.allocate(id);
  auto const& head = store_.head();  // What the view points to is not used once it is applied.
  auto const service = head.find_service(id);
  ServiceView const view{service.get(), tasks_of(head, id), &head.nodes, now, &head};
  auto const plan = plan_service(view);
  auto const reaped = reap(view);
  work_.set_wake({id}, plan.wake);
  if (plan.waits_for_jobs) {
    waiting_.insert(id);
  } else {
    waiting_.erase(id);
  }
  if (plan.empty() && reaped.empty() && slots_stand_alone(view)) {
    work_.settled(id, view.tasks.size());
  }
  carry_out(id, plan, reaped);
}

void ControlLoop::reconcile_slot(WorkList::SlotOf const& part, Time now) {
  allocator_.allocate(part.service);
  auto const& head = store_.head();
  auto const service = head.find_service(part.service);
  ServiceView const view{
      service.get(), tasks_of(head, part.service, part.slot), &head.nodes, now, &head};
  auto const plan = plan_slot(view);
  if (!plan) {
    work_.add(part.service);
    return;
  }
  work_.set_wake(part, plan->wake);
  carry_out(part.service, *plan, reap(view));
}

std::vector<model::TaskId> ControlLoop::reap(ServiceView const& view) const {
  auto const& cluster = store_.head().cluster;
  return plan_reap(view, cluster ? cluster->spec.task_history_limit.value_or(5) : 5);
}

}  // namespace swarmward::scheduler
