#include "scheduler/loop/apply_plan.h"

#include <utility>

namespace swarmward::scheduler {

namespace {

model::Task make_task(state::Draft const& draft,
                      model::Service const& service,
                      NewTask const& wanted,
                      RandomBytes const& random) {
  model::Task task;
  task.id = new_id<model::TaskTag>(random);
  // Aliased: the task shares the service's spec instead of holding a copy.
  task.spec = std::shared_ptr<model::TaskSpec const>(service.spec, &service.spec->task);
  task.spec_version = service.spec_version;
  task.service_annotations =
      std::shared_ptr<model::Annotations const>(service.spec, &service.spec->annotations);
  if (service.spec->endpoint) {
    task.endpoint =
        std::shared_ptr<model::EndpointSpec const>(service.spec, &*service.spec->endpoint);
  }
  task.service_id = service.id;
  task.slot = wanted.place.slot;
  task.node_id = wanted.place.node;
  // Nothing has to be allocated for a task without networks, so it waits for placement at once.
  task.status.timestamp = draft.now();
  task.status.state = model::TaskState::Pending;
  task.status.message = "pending task scheduling";
  task.desired_state = wanted.desired;
  task.replaces = wanted.replaces;
  task.start_not_before = wanted.start_not_before;
  task.by_update = wanted.by_update;
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
  set_desired(draft, plan.start, model::TaskState::Running);
  set_desired(draft, plan.shutdown, model::TaskState::Shutdown);
  set_desired(draft, plan.remove, model::TaskState::Remove);
  if (service && plan.update_status) {
    auto changed = plan.roll_back ? rolled_back(*service) : *service;
    changed.update_status = plan.update_status;
    draft.put(std::move(changed));
  }
}

void apply_assignments(state::Draft& draft, std::vector<Assignment> const& assignments) {
  for (auto const& assignment : assignments) {
    auto task = *assignment.task;
    if (assignment.node.empty()) {
      if (task.status.err == assignment.err) {
        continue;
      }
      task.status.err = assignment.err;
    } else {
      task.node_id = assignment.node;
      task.status.state = model::TaskState::Assigned;
      task.status.message = assignment.message;
      task.status.err.clear();
    }
    task.status.timestamp = draft.now();
    draft.put(std::move(task));
  }
}

void apply_rejections(state::Draft& draft, std::vector<model::TaskId> const& offenders) {
  for (auto const& id : offenders) {
    if (auto const known = draft.view().find_task(id)) {
      auto task = *known;
      task.status.timestamp = draft.now();
      task.status.state = model::TaskState::Rejected;
      task.status.message = "task rejected by constraint enforcer";
      task.status.err = "assigned node no longer meets constraints";
      draft.put(std::move(task));
    }
  }
}

bool apply_status(state::Draft& draft, model::TaskId const& id, model::TaskStatus status) {
  auto const known = draft.view().find_task(id);
  if (!known || status.state < known->status.state || known->status == status) {
    return false;
  }
  auto task = *known;
  if (status.state == model::TaskState::Running && task.running_since == Time{}) {
    task.running_since = status.timestamp;
  }
  task.status = std::move(status);
  draft.put(std::move(task));
  return true;
}

}  // namespace swarmward::scheduler
