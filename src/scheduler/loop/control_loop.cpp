#include "scheduler/loop/control_loop.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "scheduler/enforcer/enforcer_plan.h"
#include "scheduler/loop/apply_plan.h"
#include "scheduler/loop/service_plan.h"
#include "scheduler/placement/apply_assignments.h"
#include "scheduler/reaper/reaper_plan.h"

namespace swarmward::scheduler {

namespace {

/// Only these change where tasks may be: a heartbeat or a new description alone does not.
bool matters(state::Touch<model::Node> const& touch) {
  if (!touch.before || !touch.after) {
    return true;
  }
  return touch.before->spec != touch.after->spec ||
         touch.before->status.state != touch.after->status.state ||
         touch.before->description != touch.after->description ||
         touch.before->role != touch.after->role;
}

/// On its way from one of these states to another a task concerns nobody but its runner.
bool is_passing(model::TaskState state) {
  return state != model::TaskState::New && state != model::TaskState::Ready &&
         state < model::TaskState::Running;
}

/// No plan looks at what has changed. What it does not know counts as looked at.
bool concerns_nobody(state::Touch<model::Task> const& touch) {
  if (!touch.before || !touch.after) {
    return false;
  }
  auto const& before = *touch.before;
  auto const& after = *touch.after;
  if (before.desired_state != after.desired_state || before.running_since != after.running_since) {
    return false;
  }
  if (before.status.state == after.status.state) {
    // The enforcer's mark is a message, and the updater reads why a task finds no node.
    return before.status.message == after.status.message &&
           (after.status.state != model::TaskState::Pending ||
            before.status.err == after.status.err);
  }
  return is_passing(before.status.state) && is_passing(after.status.state);
}

/// The service's tasks; they live as long as the snapshot.
std::vector<model::Task const*> tasks_of(state::Snapshot const& head, model::ServiceId const& id) {
  std::vector<model::Task const*> tasks;
  auto const& index = head.tasks_by_service;
  for (auto it = index.lower_bound({id, {}}); it != index.end(); ++it) {
    auto const* task = (*it).second.get();
    if (task->service_id != id) {
      break;
    }
    tasks.push_back(task);
  }
  return tasks;
}

}  // namespace

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
    auto const& owner = (*it).second->service_id;
    services_.insert(services_.end(), owner);
  }
  placement_.rebuild(head, clock_.now());
}

void ControlLoop::touch(state::Touched const& touched) {
  allocator_.retry(touched, services_);
  for (auto const& touch : touched.clusters) {
    bool const other_limit =
        touch.before && touch.after &&
        touch.before->spec.task_history_limit != touch.after->spec.task_history_limit;
    if (other_limit) {
      for (auto const [id, service] : store_.head().services) {
        services_.insert(id);
      }
    }
  }
  if (!assigning_) {
    placement_.touch(touched, clock_.now());
  }
  for (auto const& touch : touched.services) {
    touch_service(touch);
  }
  for (auto const& touch : touched.nodes) {
    if (matters(touch)) {
      nodes_.insert((touch.after ? touch.after : touch.before)->id);
    }
  }
  for (auto const& touch : touched.tasks) {
    if (!concerns_nobody(touch)) {
      services_.insert((touch.after ? touch.after : touch.before)->service_id);
    }
  }
}

void ControlLoop::touch_service(state::Touch<model::Service> const& touch) {
  auto const& id = (touch.after ? touch.after : touch.before)->id;
  services_.insert(id);
  // What its tasks are held to depends on its spec and on how far an update of it is.
  bool const same = touch.before && touch.after && touch.before->spec == touch.after->spec &&
                    touch.before->update_status == touch.after->update_status;
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
  return !services_.empty() || !nodes_.empty() || !unchecked_.empty() || placement_.due();
}

Time ControlLoop::pass(std::size_t most_backlog) {
  // Bounded, so that two loops that undo each other's work can never hold the strand.
  constexpr int kMostRounds = 1000;
  auto const now = clock_.now();
  wakes_.take_due(now, services_);
  for (int round = 0; round < kMostRounds && store_.backlog() < most_backlog; ++round) {
    for (auto const& id : std::exchange(nodes_, {})) {
      enforce(id);
    }
    for (auto const& id : std::exchange(unchecked_, {})) {
      evict_from(id);
    }
    reconcile_some(now, most_backlog);
    if (placement_.due() || placement_.wake() <= now) {
      place_waiting(now);
    }
    if (!has_work()) {
      break;
    }
  }
  return has_work() ? now : std::min(wakes_.next(), placement_.wake());
}

/// Stops early once many tasks wait for a node: placing them in between keeps memory flat.
void ControlLoop::reconcile_some(Time now, std::size_t most_backlog) {
  constexpr std::size_t kMostWaiting = 5'000;
  auto todo = std::exchange(services_, {});
  while (!todo.empty() && placement_.fresh() < kMostWaiting && store_.backlog() < most_backlog) {
    auto const next = todo.extract(todo.begin());
    reconcile(next.value(), now);
  }
  services_.merge(todo);
}

void ControlLoop::Wakes::set(model::ServiceId const& id, Time at) {
  clear(id);
  if (at != kNever) {
    times_[id] = at;
    order_.emplace(at, id);
  }
}

void ControlLoop::Wakes::clear(model::ServiceId const& id) {
  if (auto const known = times_.find(id); known != times_.end()) {
    order_.erase({known->second, id});
    times_.erase(known);
  }
}

void ControlLoop::Wakes::take_due(Time now, std::set<model::ServiceId>& services) {
  while (!order_.empty() && order_.begin()->first <= now) {
    auto const id = order_.begin()->second;
    services.insert(id);
    clear(id);
  }
}

void ControlLoop::enforce(model::NodeId const& id) {
  auto const& head = store_.head();
  auto const tasks = head.tasks_on(id);
  services_.insert(global_.begin(), global_.end());
  for (auto const& task : tasks) {
    services_.insert(task->service_id);
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
        apply_status(draft, task->id, std::move(status));
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
  auto const limit = head.cluster ? head.cluster->spec.task_history_limit.value_or(5) : 5;
  auto const reaped = plan_reap(view, limit);
  wakes_.set(id, plan.wake);
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

void ControlLoop::place_waiting(Time now) {
  auto const assignments = placement_.plan(store_.head(), now);
  if (assignments.empty()) {
    return;
  }
  auto const change = [&](state::Draft& draft) -> Result<void> {
    apply_assignments(draft, assignments);
    return {};
  };
  assigning_ = true;
  static_cast<void>(store_.apply(change));
  assigning_ = false;
}

}  // namespace swarmward::scheduler
