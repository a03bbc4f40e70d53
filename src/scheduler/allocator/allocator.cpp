#include "scheduler/allocator/allocator.h"

#include <algorithm>

#include "base/log.h"

namespace swarmward::scheduler {

namespace {

/// Tells a task that is held why, or lets it go on.
void settle_task(state::Draft& draft, model::Task task, std::string const& err) {
  if (err.empty()) {
    task.status.state = model::TaskState::Pending;
    task.status.message = "pending task scheduling";
    task.status.err.clear();
  } else {
    task.status.err = err;
  }
  task.status.timestamp = draft.now();
  draft.put(std::move(task));
}

std::vector<state::TaskPtr> to_settle(state::Snapshot const& snapshot,
                                      model::ServiceId const& service,
                                      std::string const& err) {
  auto tasks = snapshot.tasks_of(service);
  std::erase_if(tasks, [&](state::TaskPtr const& task) {
    return task->status.state != model::TaskState::New ||
           task->desired_state >= model::TaskState::Shutdown ||
           (!err.empty() && task->status.err == err);
  });
  return tasks;
}

}  // namespace

void Allocator::allocate(model::ServiceId const& id) {
  auto const service = store_.head().find_service(id);
  if (!service) {
    starved_.erase(id);
    return;
  }
  bool const done = is_allocated(*service);
  if (done && !starved_.contains(id)) {
    return;
  }
  write(
      *service,
      done ? EndpointPlan{service->endpoint, {}} : plan_endpoint(store_.head(), *service, cursor_));
}

void Allocator::write(model::Service const& service, EndpointPlan const& plan) {
  if (plan.err.empty()) {
    starved_.erase(service.id);
  } else if (starved_.insert(service.id).second) {
    room_log("scheduler")
        ->warn("service.not_allocated service={} reason=\"{}\"", service.id.view(), plan.err);
  }
  auto const tasks = to_settle(store_.head(), service.id, plan.err);
  bool const changed = plan.err.empty() && plan.endpoint != service.endpoint;
  if (tasks.empty() && !changed) {
    return;
  }
  auto const change = [&](state::Draft& draft) -> Result<void> {
    if (changed) {
      auto allocated = service;
      allocated.endpoint = plan.endpoint;
      draft.put(std::move(allocated));
    }
    for (auto const& task : tasks) {
      settle_task(draft, *task, plan.err);
    }
    return {};
  };
  static_cast<void>(store_.apply(change));
}

std::set<model::ServiceId> Allocator::to_retry(state::Touched const& touched) const {
  auto const gives_back = [](state::Touch<model::Service> const& touch) {
    return touch.before && (!touch.after || touch.after->endpoint != touch.before->endpoint ||
                            touch.after->spec != touch.before->spec);
  };
  bool const may_help = !starved_.empty() && std::ranges::any_of(touched.services, gives_back);
  return may_help ? starved_ : std::set<model::ServiceId>{};
}

}  // namespace swarmward::scheduler
