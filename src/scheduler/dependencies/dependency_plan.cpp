#include "scheduler/dependencies/dependency_plan.h"

#include "model/ward_labels.h"
#include "scheduler/dependencies/job_outcome.h"
#include "scheduler/dependencies/wait_circle.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;

bool is_up(ServiceView const& view, model::Service const& service, model::Dependency::Needs needs) {
  auto const tasks = tasks_of(*view.cluster, service.id);
  if (is_job(service)) {
    return job_outcome({&service, tasks, view.nodes, view.now, view.cluster}) ==
           JobOutcome::Completed;
  }
  std::uint64_t up = 0;
  bool all = true;
  for (auto const* task : tasks) {
    bool const runs = task->status.state == TaskState::Running;
    up += is_wanted(*task) && runs ? 1U : 0U;
    all &= !is_wanted(*task) || runs;
  }
  if (needs == model::Dependency::Needs::OneTask) {
    return up > 0;
  }
  auto const* replicated = std::get_if<model::Replicated>(&service.spec->mode);
  // Global: as many as there are.
  return all && up >= (replicated == nullptr ? 1U : replicated->replicas);
}

}  // namespace

std::string missing_dependency(ServiceView const& view) {
  if (view.cluster == nullptr) {
    return {};
  }
  for (auto const& dependency : model::dependencies(view.service->spec->annotations.labels)) {
    auto const service = find_named_by(*view.cluster, *view.service, dependency.service);
    if (!service) {
      return dependency.service;
    }
    if (!waits_for(*view.cluster, *service, view.service->id) &&
        !is_up(view, *service, dependency.needs)) {
      return dependency.service;
    }
  }
  return {};
}

void hold_for_dependencies(ServiceView const& view, TaskPlan& plan) {
  auto const& labels = view.service->spec->annotations.labels;
  if ((plan.create.empty() && plan.start.empty()) || model::dependencies(labels).empty()) {
    return;
  }
  auto const missing = missing_dependency(view);
  if (missing.empty()) {
    return;
  }
  for (auto& created : plan.create) {
    created.desired = TaskState::Ready;
  }
  auto const reason = "waiting for service " + missing;
  for (auto const& id : plan.start) {
    auto const* task = view.find_task(id);
    // Before it is placed the text belongs to placement.
    if (task->status.state >= TaskState::Assigned && task->status.err != reason) {
      plan.waiting.emplace_back(id, reason);
    }
  }
  plan.start.clear();
  plan.wake_at(view.now + kDependencyPoll);
}

}  // namespace swarmward::scheduler
