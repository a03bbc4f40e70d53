#include "scheduler/loop/apply_plan.h"

#include <algorithm>
#include <utility>

#include "model/service_changes.h"
#include "model/take_spec.h"
#include "scheduler/allocator/endpoint_plan.h"

namespace swarmward::scheduler {

namespace {

void take_spec(model::Task& task, model::Task const& earlier) {
  task.spec = earlier.spec;
  task.spec_version = earlier.spec_version;
  task.service_annotations = earlier.service_annotations;
  task.endpoint = earlier.endpoint;
}

model::Task make_task(state::Draft const& draft,
                      model::Service const& service,
                      NewTask const& wanted,
                      RandomBytes const& random) {
  model::Task task;
  task.id = new_id<model::TaskTag>(random);
  auto const earlier =
      wanted.spec_of.empty() ? state::TaskPtr() : draft.view().find_task(wanted.spec_of);
  if (earlier) {
    take_spec(task, *earlier);
  } else {
    model::take_spec(task, service);
  }
  task.service_id = service.id;
  task.slot = wanted.place.slot;
  task.node_id = wanted.place.node;
  // Otherwise the allocator lets it go on later.
  bool const ready = is_allocated(draft.view(), service) && !joins_networks(service);
  task.status.timestamp = draft.now();
  task.status.state = ready ? model::TaskState::Pending : model::TaskState::New;
  task.status.message = ready ? "pending task scheduling" : "created";
  task.desired_state = wanted.desired;
  if (is_job(service)) {
    task.job_iteration = service.job_status ? service.job_status->iteration : 0;
  }
  task.replaces = wanted.replaces;
  task.start_not_before = wanted.start_not_before;
  task.origin = wanted.origin;
  task.failures_before = wanted.failures_before;
  task.restarts = wanted.restarts;
  return task;
}

void set_desired(state::Draft& draft,
                 std::vector<model::TaskId> const& ids,
                 model::TaskState desired) {
  for (auto const& id : ids) {
    auto const known = draft.view().find_task(id);
    if (known && known->desired_state < desired) {
      auto task = *known;
      task.desired_state = desired;
      draft.put(std::move(task));
    }
  }
}

/// A job's task runs to completion, any other just runs.
void set_started(state::Draft& draft, std::vector<model::TaskId> const& ids) {
  for (auto const& id : ids) {
    auto const known = draft.view().find_task(id);
    bool const job = known && known->job_iteration;
    set_desired(draft, {id}, job ? model::TaskState::Complete : model::TaskState::Running);
  }
}

void set_orphaned(state::Draft& draft, std::vector<model::TaskId> const& ids) {
  for (auto const& id : ids) {
    auto const known = draft.view().find_task(id);
    if (known && !model::is_terminal(known->status.state)) {
      auto task = *known;
      task.status.state = model::TaskState::Orphaned;
      draft.put(std::move(task));
    }
  }
}

void set_waiting(state::Draft& draft,
                 std::vector<std::pair<model::TaskId, std::string>> const& reasons) {
  for (auto const& [id, reason] : reasons) {
    auto const known = draft.view().find_task(id);
    if (known && known->status.err != reason) {
      auto task = *known;
      task.status.err = reason;
      draft.put(std::move(task));
    }
  }
}

void apply_schedule(state::Draft& draft, model::ServiceId const& id, TaskPlan const& plan) {
  auto const known = draft.view().find_service(id);
  if (!known) {
    return;
  }
  auto service = *known;
  service.scheduled_at = *plan.scheduled_at;
  if (plan.run_again) {
    model::run_again(service, *plan.run_again, draft.now());
  }
  draft.put(std::move(service));
}

void run_jobs(state::Draft& draft, std::vector<model::ServiceId> const& jobs) {
  for (auto const& id : jobs) {
    if (auto const known = draft.view().find_service(id); known && is_job(*known)) {
      auto job = *known;
      model::run_again(job, 1, draft.now());
      draft.put(std::move(job));
    }
  }
}

/// The enforcer's verdict outlives what the runner reports of the task's last moments.
model::TaskStatus of_evicted(model::TaskStatus const& verdict, model::TaskStatus seen) {
  if (model::is_terminal(seen.state)) {
    seen.state = std::max(seen.state, model::TaskState::Rejected);
  }
  seen.message = verdict.message;
  seen.err = verdict.err;
  return seen;
}

/// False if it says nothing new.
bool take_status(model::Task& task, model::TaskStatus status) {
  if (is_evicted(task) && !model::is_terminal(task.status.state)) {
    status = of_evicted(task.status, std::move(status));
  }
  if (status.state < task.status.state || task.status == status) {
    return false;
  }
  if (status.state == model::TaskState::Running && task.running_since == Time{}) {
    task.running_since = status.timestamp;
  }
  task.status = std::move(status);
  return true;
}

}  // namespace

model::Service rolled_back(model::Service service) {
  std::swap(service.spec, service.previous_spec);
  std::swap(service.spec_version, service.previous_spec_version);
  std::swap(service.registry_auth, service.previous_registry_auth);
  return service;
}

void apply_task_plan(state::Draft& draft,
                     model::ServiceId const& service_id,
                     TaskPlan const& plan,
                     RandomBytes const& random) {
  auto const service = draft.view().find_service(service_id);
  if (service) {
    for (auto const& wanted : plan.create) {
      draft.put(make_task(draft, *service, wanted, random));
    }
  }
  set_started(draft, plan.start);
  set_desired(draft, plan.shutdown, model::TaskState::Shutdown);
  set_desired(draft, plan.remove, model::TaskState::Remove);
  set_orphaned(draft, plan.orphan);
  set_waiting(draft, plan.waiting);
  if (service && plan.update_status) {
    auto changed = plan.roll_back ? rolled_back(*service) : *service;
    changed.update_status = plan.update_status;
    draft.put(std::move(changed));
  }
  if (plan.scheduled_at) {
    apply_schedule(draft, service_id, plan);
  }
  run_jobs(draft, plan.run_jobs);
}

void apply_rejections(state::Draft& draft, std::vector<model::TaskId> const& offenders) {
  for (auto const& id : offenders) {
    auto const known = draft.view().find_task(id);
    if (known && !model::is_terminal(known->status.state)) {
      auto task = *known;
      task.status.timestamp = draft.now();
      task.status.message = kEvictedMessage;
      task.status.err = "assigned node no longer meets constraints";
      draft.put(std::move(task));
    }
  }
}

bool apply_status(state::Draft& draft, model::TaskId const& id, model::TaskStatus const& status) {
  return apply_statuses(draft, id, {&status, 1});
}

bool apply_statuses(state::Draft& draft,
                    model::TaskId const& id,
                    std::span<model::TaskStatus const> statuses) {
  auto const known = draft.view().find_task(id);
  if (!known) {
    return false;
  }
  auto task = *known;
  bool news = false;
  for (auto const& status : statuses) {
    news = take_status(task, status) || news;
  }
  if (news) {
    draft.put(std::move(task));
  }
  return news;
}

}  // namespace swarmward::scheduler
