#include "api/routes/service_status.h"

namespace swarmward::api {

wire::ServiceStatus count_tasks(model::Service const& service,
                                std::vector<state::TaskPtr> const& tasks) {
  using model::TaskState;
  auto const& mode = service.spec->mode;
  bool const global = std::holds_alternative<model::Global>(mode);
  bool const global_job = std::holds_alternative<model::GlobalJob>(mode);
  wire::ServiceStatus status;
  if (auto const* replicated = std::get_if<model::Replicated>(&mode)) {
    status.desired = replicated->replicas;
  } else if (auto const* job = std::get_if<model::ReplicatedJob>(&mode)) {
    status.desired = job->max_concurrent;
  }
  for (auto const& task : tasks) {
    // Of a job, only the present iteration counts.
    if (service.job_status && task->job_iteration != service.job_status->iteration) {
      continue;
    }
    bool const complete = task->status.state == TaskState::Complete;
    status.running += task->status.state == TaskState::Running ? 1U : 0U;
    status.completed += service.job_status && complete ? 1U : 0U;
    bool const wanted = (global && task->desired_state == TaskState::Running) ||
                        (global_job && task->desired_state == TaskState::Complete && !complete);
    status.desired += wanted ? 1U : 0U;
  }
  return status;
}

}  // namespace swarmward::api
