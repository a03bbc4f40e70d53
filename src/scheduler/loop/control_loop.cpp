#include "scheduler/loop/control_loop.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "scheduler/enforcer/enforcer_plan.h"
#include "scheduler/loop/apply_plan.h"
#include "scheduler/orchestrator/global_plan.h"
#include "scheduler/orchestrator/replicated_plan.h"
#include "scheduler/placement/placement_plan.h"
#include "scheduler/reaper/reaper_plan.h"
#include "scheduler/updater/update_plan.h"

namespace swarmward::scheduler {

namespace {

bool needs_node(model::Task const& task) {
  return task.status.state == model::TaskState::Pending && is_wanted(task);
}

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

std::vector<model::Task const*> borrow(std::vector<state::TaskPtr> const& tasks) {
  std::vector<model::Task const*> borrowed;
  borrowed.reserve(tasks.size());
  std::ranges::transform(
      tasks, std::back_inserter(borrowed), [](auto const& t) { return t.get(); });
  return borrowed;
}

std::map<model::NodeId, model::Node const*> nodes_of(state::Snapshot const& snapshot) {
  std::map<model::NodeId, model::Node const*> nodes;
  for (auto const [id, node] : snapshot.nodes) {
    nodes.emplace(id, node.get());
  }
  return nodes;
}

TaskPlan plan_service(ServiceView const& view) {
  TaskPlan plan;
  if (view.service == nullptr) {
    for (auto const* task : view.tasks) {
      if (task->desired_state < model::TaskState::Remove) {
        plan.remove.push_back(task->id);
      }
    }
    return plan;
  }
  if (std::holds_alternative<model::Replicated>(view.service->spec->mode)) {
    plan = plan_replicated(view);
  } else if (std::holds_alternative<model::Global>(view.service->spec->mode)) {
    plan = plan_global(view);
  }
  plan_update(view, plan);
  return plan;
}

}  // namespace

void ControlLoop::touch_all() {
  auto const& head = store_.head();
  for (auto const [id, service] : head.services) {
    services_.insert(id);
  }
  for (auto const [id, node] : head.nodes) {
    nodes_.insert(id);
  }
  waiting_.clear();
  for (auto const [id, task] : head.tasks) {
    services_.insert(task->service_id);
    if (needs_node(*task)) {
      waiting_.insert(id);
    }
  }
  placement_due_ = true;
}

void ControlLoop::touch(state::Touched const& touched) {
  for (auto const& touch : touched.services) {
    services_.insert(touch.after ? touch.after->id : touch.before->id);
  }
  for (auto const& touch : touched.nodes) {
    if (matters(touch)) {
      nodes_.insert(touch.after ? touch.after->id : touch.before->id);
      placement_due_ = true;
    }
  }
  for (auto const& touch : touched.tasks) {
    auto const& task = touch.after ? touch.after : touch.before;
    services_.insert(task->service_id);
    if (touch.after && needs_node(*touch.after)) {
      // A task whose reason was just written waits for something else to change.
      bool const known = !waiting_.insert(task->id).second;
      placement_due_ |= !known;
    } else {
      waiting_.erase(task->id);
    }
    bool const freed = touch.before && !model::is_terminal(touch.before->status.state) &&
                       (!touch.after || model::is_terminal(touch.after->status.state));
    // A task that is given up no longer counts against the replicas per node.
    bool const given_up =
        touch.before && touch.after && is_wanted(*touch.before) && !is_wanted(*touch.after);
    placement_due_ |= freed || given_up;
  }
}

bool ControlLoop::has_work() const {
  return !services_.empty() || !nodes_.empty() || placement_due_;
}

Time ControlLoop::pass() {
  // Bounded, so that two loops that undo each other's work can never hold the strand.
  constexpr int kMostRounds = 1000;
  auto const now = clock_.now();
  take_due(now);
  for (int round = 0; has_work() && round < kMostRounds; ++round) {
    for (auto const& id : std::exchange(nodes_, {})) {
      enforce(id);
    }
    for (auto const& id : std::exchange(services_, {})) {
      reconcile(id, now);
    }
    if (std::exchange(placement_due_, false)) {
      place_waiting(now);
    }
  }
  auto next = kNever;
  for (auto const& [id, time] : wakes_) {
    next = std::min(next, time);
  }
  return has_work() ? now : next;
}

void ControlLoop::take_due(Time now) {
  std::erase_if(wakes_, [&](auto const& entry) {
    if (entry.second > now) {
      return false;
    }
    services_.insert(entry.first);
    return true;
  });
}

void ControlLoop::enforce(model::NodeId const& id) {
  auto const& head = store_.head();
  auto const node = head.find_node(id);
  auto const tasks = head.tasks_on(id);
  for (auto const [service_id, service] : head.services) {
    bool const global = std::holds_alternative<model::Global>(service->spec->mode);
    if (global) {
      services_.insert(service_id);
    }
  }
  std::vector<PlacedTask> placed;
  std::vector<state::ServicePtr> services;  // Keeps what `placed` points to.
  for (auto const& task : tasks) {
    services_.insert(task->service_id);
    if (auto service = head.find_service(task->service_id)) {
      placed.push_back({task.get(), service.get()});
      services.push_back(std::move(service));
    }
  }
  if (!node) {
    auto const orphan = [&](state::Draft& draft) -> Result<void> {
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
    static_cast<void>(store_.apply(orphan));
    return;
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

void ControlLoop::reconcile(model::ServiceId const& id, Time now) {
  // Copies share structure: the view must not move while the plan is applied.
  auto const head = store_.head();
  auto const service = head.find_service(id);
  auto const tasks = head.tasks_of(id);
  ServiceView view{service.get(), borrow(tasks), nodes_of(head), now};
  auto const plan = plan_service(view);
  auto const limit = head.cluster ? head.cluster->spec.task_history_limit.value_or(5) : 5;
  auto const reaped = plan_reap(view, limit);
  wakes_.erase(id);
  if (plan.wake != kNever) {
    wakes_[id] = plan.wake;
  }
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
  auto const head = store_.head();
  std::vector<state::TaskPtr> tasks;
  for (auto const& id : waiting_) {
    if (auto task = head.find_task(id)) {
      tasks.push_back(std::move(task));
    }
  }
  if (tasks.empty()) {
    return;
  }
  // Tasks of global services first: they have only one node to go to. Then the oldest.
  std::ranges::sort(tasks, [](auto const& a, auto const& b) {
    return std::tuple(a->node_id.empty(), a->meta.created_at, a->slot, a->id) <
           std::tuple(b->node_id.empty(), b->meta.created_at, b->slot, b->id);
  });
  std::vector<NodeLoad> loads;
  std::vector<std::vector<state::TaskPtr>> assigned;  // Keeps what the loads were counted from.
  for (auto const [id, node] : head.nodes) {
    std::vector<state::TaskPtr> on_node;
    for (auto& task : head.tasks_on(id)) {
      if (!waiting_.contains(task->id)) {
        on_node.push_back(std::move(task));
      }
    }
    loads.push_back(load_of(*node, borrow(on_node), now));
    assigned.push_back(std::move(on_node));
  }
  auto const assignments = plan_placement(borrow(tasks), std::move(loads));
  auto const change = [&](state::Draft& draft) -> Result<void> {
    apply_assignments(draft, assignments);
    return {};
  };
  static_cast<void>(store_.apply(change));
}

}  // namespace swarmward::scheduler
