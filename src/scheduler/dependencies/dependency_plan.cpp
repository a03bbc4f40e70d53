#include "scheduler/dependencies/dependency_plan.h"

#include <algorithm>
#include <set>

#include "model/ward_labels.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;

state::ServicePtr find_by_name(state::Snapshot const& cluster, std::string const& name) {
  auto const* id = cluster.service_names.find(state::lower_case(name));
  return id == nullptr ? nullptr : cluster.find_service(*id);
}

/// Following the labels from `from` leads to `target`.
bool leads_to(state::Snapshot const& cluster,
              model::Service const& from,
              model::ServiceId const& target,
              std::set<model::ServiceId>& seen) {
  if (from.id == target) {
    return true;
  }
  if (!seen.insert(from.id).second) {
    return false;
  }
  auto const next = model::dependencies(from.spec->annotations.labels);
  return std::ranges::any_of(next, [&](model::Dependency const& dependency) {
    auto const service = find_by_name(cluster, dependency.service);
    return service && leads_to(cluster, *service, target, seen);
  });
}

std::uint64_t tasks_asked_for(model::Service const& service) {
  if (auto const* replicated = std::get_if<model::Replicated>(&service.spec->mode)) {
    return replicated->replicas;
  }
  auto const* job = std::get_if<model::ReplicatedJob>(&service.spec->mode);
  return job == nullptr ? 1 : job->total_completions;  // Global modes: as many as there are.
}

bool is_up(state::Snapshot const& cluster,
           model::Service const& service,
           model::Dependency::Needs needs) {
  bool const job = is_job(service);
  std::uint64_t up = 0;
  bool all = true;
  for (auto const& task : cluster.tasks_of(service.id)) {
    bool const past =
        job && task->job_iteration !=
                   (service.job_status ? service.job_status->iteration : std::uint64_t{0});
    if (!is_wanted(*task) || past) {
      continue;
    }
    bool const good = task->status.state == (job ? TaskState::Complete : TaskState::Running);
    up += good ? 1U : 0U;
    all = all && good;
  }
  if (needs == model::Dependency::Needs::OneTask && !job) {
    return up > 0;
  }
  return all && up >= tasks_asked_for(service);
}

}  // namespace

std::string missing_dependency(ServiceView const& view) {
  if (view.cluster == nullptr) {
    return {};
  }
  for (auto const& dependency : model::dependencies(view.service->spec->annotations.labels)) {
    auto const service = find_by_name(*view.cluster, dependency.service);
    if (!service) {
      return dependency.service;
    }
    std::set<model::ServiceId> seen;
    if (!leads_to(*view.cluster, *service, view.service->id, seen) &&
        !is_up(*view.cluster, *service, dependency.needs)) {
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
