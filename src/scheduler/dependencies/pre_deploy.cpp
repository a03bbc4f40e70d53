#include "scheduler/dependencies/pre_deploy.h"

#include <algorithm>

#include "model/schedule.h"
#include "model/ward_labels.h"
#include "scheduler/dependencies/job_outcome.h"
#include "scheduler/dependencies/wait_circle.h"
#include "scheduler/updater/update_progress.h"

namespace swarmward::scheduler {

namespace {

using model::TaskState;
using State = JobGate::State;

/// None for a service that is itself run again and again: each of its runs would run them.
std::vector<std::string> jobs_of(ServiceView const& view) {
  auto const& labels = view.service->spec->annotations.labels;
  auto jobs = model::pre_deploy_jobs(labels);
  bool const none = jobs.empty() || view.cluster == nullptr || is_job(*view.service) ||
                    model::scheduled_run(labels);
  return none ? std::vector<std::string>{} : jobs;
}

JobOutcome outcome_of(ServiceView const& view, model::Service const& job) {
  return job_outcome({&job, tasks_of(*view.cluster, job.id), view.nodes, view.now, view.cluster});
}

/// A task of the present spec has been started: the jobs of that spec had completed.
bool is_let_through(ServiceView const& view) {
  return std::ranges::any_of(view.tasks, [&](auto const* task) {
    bool const started =
        is_wanted(*task) && task->desired_state >= TaskState::Running && !view.outdated(*task);
    return started || is_made_by_update(*view.service, *task);
  });
}

/// When tasks of the service were last let through. What a job did before that was for them.
Time last_let_through(ServiceView const& view) {
  Time last{};
  for (auto const* task : view.tasks) {
    if (task->origin == model::TaskOrigin::Update) {
      last = std::max(last, task->meta.created_at);
    } else if (task->origin == model::TaskOrigin::Scale) {
      last = std::max(last, task->running_since);
    }
  }
  return last;
}

/// When the last task of the job's present iteration ended, as far as any has.
Time last_end(ServiceView const& view, model::Service const& job) {
  Time last{};
  for (auto const* task : tasks_of(*view.cluster, job.id)) {
    if (task->job_iteration == job.job_status->iteration &&
        model::is_terminal(task->status.state)) {
      last = std::max(last, task->meta.updated_at);
    }
  }
  return last;
}

/// The job's present iteration belongs to the update that began then. One that had failed by then
/// may be what this update mends.
bool counts(ServiceView const& view, model::Service const& job, JobOutcome outcome, Time began) {
  if (!job.job_status) {
    return false;
  }
  auto const since = job.job_status->last_execution;
  if (since >= began) {
    return true;
  }
  return since >= began - kSameDeployment && since > last_let_through(view) &&
         (outcome != JobOutcome::Failed || last_end(view, job) >= began);
}

State state_of(JobOutcome outcome) {
  return outcome == JobOutcome::Completed ? State::Open
         : outcome == JobOutcome::Failed  ? State::Failed
                                          : State::Waiting;
}

bool has_run(ServiceView const& view) {
  return std::ranges::any_of(view.tasks,
                             [](auto const* task) { return task->running_since != Time{}; });
}

/// Whether a service that has never run may start: each job has completed its present iteration.
JobGate gate_of_first_start(ServiceView const& view) {
  JobGate gate;
  if (has_run(view)) {
    return gate;
  }
  for (auto const& name : jobs_of(view)) {
    auto const job = find_named_by(*view.cluster, *view.service, name);
    if (!job) {
      gate.add(State::NoSuchService, name);
    } else if (!is_job(*job)) {
      gate.add(State::NoJob, name);
    } else if (!waits_for(*view.cluster, *job, view.service->id)) {
      gate.add(state_of(outcome_of(view, *job)), name);
    }
  }
  return gate;
}

/// For tasks of the present spec that the updater does not make.
JobGate gate_of_new_spec(ServiceView const& view, TaskPlan const& plan) {
  auto const& status = plan.update_status ? plan.update_status : view.service->update_status;
  bool const under_way = status && (status->state == model::UpdateState::Updating ||
                                    status->state == model::UpdateState::Paused || plan.roll_back);
  return under_way ? gate_of_update(view, status->started_at.value_or(view.now)) : JobGate{};
}

std::string what_is_missing(JobGate const& gate) {
  auto const text = "waiting for job " + gate.job;
  switch (gate.state) {
    case State::Failed:
      return text + ", which has failed (docker service update --force " + gate.job +
             " runs it again)";
    case State::NoSuchService:
      return text + ", which does not exist";
    case State::NoJob:
      return text + ", which is no job";
    case State::Open:
    case State::Waiting:
      break;
  }
  return text;
}

}  // namespace

JobGate gate_of_update(ServiceView const& view, Time began) {
  JobGate gate;
  auto const jobs = jobs_of(view);
  if (jobs.empty() || is_let_through(view)) {
    return gate;
  }
  auto const settled_at = began + kDeploymentSettles;
  bool const settled = settled_at <= view.now;
  for (auto const& name : jobs) {
    auto const job = find_named_by(*view.cluster, *view.service, name);
    if (!job || !is_job(*job)) {
      gate.add(!settled ? State::Waiting : job ? State::NoJob : State::NoSuchService, name);
      continue;
    }
    auto const outcome = outcome_of(view, *job);
    if (counts(view, *job, outcome, began)) {
      gate.add(state_of(outcome), name);
      continue;
    }
    gate.add(State::Waiting, name);
    // What it does for somebody else is not cut short.
    if (settled && outcome != JobOutcome::Going) {
      gate.run.push_back(job->id);
    }
  }
  if (!settled) {
    gate.wake = settled_at;
  }
  return gate;
}

std::string why_given_up(JobGate const& gate) {
  switch (gate.state) {
    case State::Failed:
      return " due to failure of job " + gate.job;
    case State::NoSuchService:
      return ": the label ward.pre-deploy names " + gate.job +
             ", and there is no such service; create it or change the label, then update this "
             "service again";
    case State::NoJob:
      return ": the label ward.pre-deploy names " + gate.job +
             ", which is no job; name a service of mode replicated-job or global-job";
    case State::Open:
    case State::Waiting:
      break;
  }
  return {};
}

bool may_wait_for_jobs(ServiceView const& view) {
  return !jobs_of(view).empty() && !has_run(view);
}

void hold_for_jobs(ServiceView const& view, TaskPlan& plan) {
  if ((plan.create.empty() && plan.start.empty()) || jobs_of(view).empty()) {
    return;
  }
  auto const of_all = gate_of_first_start(view);
  auto const of_new_spec = gate_of_new_spec(view, plan);
  auto const find_hold = [&](bool new_spec) -> JobGate const* {
    if (new_spec && of_new_spec.state != State::Open) {
      return &of_new_spec;
    }
    return of_all.state != State::Open ? &of_all : nullptr;
  };
  for (auto& created : plan.create) {
    if (find_hold(created.spec_of.empty()) != nullptr) {
      created.desired = TaskState::Ready;
      plan.waits_for_jobs = true;
    }
  }
  std::erase_if(plan.start, [&](model::TaskId const& id) {
    auto const* task = view.find_task(id);
    auto const* gate = find_hold(!view.outdated(*task));
    if (gate == nullptr) {
      return false;
    }
    plan.waits_for_jobs = true;
    auto const reason = what_is_missing(*gate);
    // Before it is placed the text belongs to placement.
    if (task->status.state >= TaskState::Assigned && task->status.err != reason) {
      plan.waiting.emplace_back(id, reason);
    }
    return true;
  });
}

}  // namespace swarmward::scheduler
