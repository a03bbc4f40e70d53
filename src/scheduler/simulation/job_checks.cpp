// Checks that an update waits for the jobs that its service names.
#include <algorithm>

#include "model/ward_labels.h"
#include "scheduler/service_view.h"
#include "scheduler/simulation/checks.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;

namespace {

/// A job may have been started this much before the update.
constexpr auto kLead = std::chrono::seconds(60);

bool has_completed(state::Snapshot const& head, model::Service const& job) {
  auto const* mode = std::get_if<model::ReplicatedJob>(&job.spec->mode);
  auto const tasks = head.tasks_of(job.id);
  auto const complete = std::ranges::count_if(tasks, [&](auto const& task) {
    return task->job_iteration == job.job_status->iteration &&
           task->status.state == TaskState::Complete;
  });
  return static_cast<std::uint64_t>(complete) >= (mode == nullptr ? 1 : mode->total_completions);
}

/// A task of the new spec was there before this one: the jobs have done their part.
bool has_begun(state::Snapshot const& head,
               model::Service const& service,
               model::Task const& task) {
  auto const tasks = head.tasks_of(service.id);
  return std::ranges::any_of(tasks, [&](auto const& other) {
    bool const made = other->origin == model::TaskOrigin::Update &&
                      other->spec_version == service.spec_version &&
                      other->meta.created_at >= *service.update_status->started_at;
    // Until this very commit.
    bool const wanted = is_wanted(*other) || other->meta.updated_at == task.meta.created_at;
    bool const runs = wanted && other->desired_state >= TaskState::Running &&
                      !is_outdated(*other, service, head.find_node(other->node_id).get());
    return other->meta.created_at < task.meta.created_at && (made || runs);
  });
}

}  // namespace

void Checks::check_jobs_before(state::Snapshot const& head, model::Task const& task) {
  auto const service = head.find_service(task.service_id);
  bool const by_update = service && task.origin == model::TaskOrigin::Update &&
                         service->update_status &&
                         service->update_status->state == model::UpdateState::Updating;
  if (!by_update || has_begun(head, *service, task)) {
    return;
  }
  for (auto const& name : model::pre_deploy_jobs(service->spec->annotations.labels)) {
    auto const* id = head.service_names.find(state::lower_case(name));
    auto const job = id == nullptr ? nullptr : head.find_service(*id);
    bool const good =
        job && job->job_status && has_completed(head, *job) &&
        job->job_status->last_execution + kLead >= *service->update_status->started_at;
    if (!good) {
      stage_.fail("task {} is made before job {} has completed", brief(task.id), name);
    }
  }
}

}  // namespace swarmward::scheduler::simulation
