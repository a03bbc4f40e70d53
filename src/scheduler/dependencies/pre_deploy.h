#pragma once

#include <string>

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// A job that began this much before an update counts as begun for it: a stack's deployment updates
/// its services in any order.
inline constexpr Duration kSameDeployment = std::chrono::seconds(60);

/// So long an update waits for somebody else to run the job, or to create it, for the same reason.
inline constexpr Duration kDeploymentSettles = std::chrono::seconds(10);

/// How far the jobs of a service's label `ward.pre-deploy` are. The worst comes last.
struct JobGate {
  enum class State { Open, Waiting, Failed, NoSuchService, NoJob };
  State state = State::Open;
  std::string job;                    ///< The one that holds the service up.
  std::vector<model::ServiceId> run;  ///< Jobs to be run now: nobody else does.
  Time wake = kNever;                 ///< When to look again even if nothing happens.

  void add(State found, std::string const& name) {
    if (found > state) {
      state = found;
      job = name;
    }
  }
};

/// Whether the update that began then may replace tasks: each job has completed an iteration that
/// belongs to it. Open once a task of the new spec has been started. Pure.
[[nodiscard]] JobGate gate_of_update(ServiceView const& view, Time began);

/// Why an update that may not go on is paused or rolled back, in the words that follow "update
/// paused". Empty while it may still go on.
[[nodiscard]] std::string why_given_up(JobGate const& gate);

/// The service has never run, and jobs may hold its first start back.
[[nodiscard]] bool may_wait_for_jobs(ServiceView const& view);

/// Holds back what `plan` would start while jobs have to complete first: all of a service that has
/// never run, and what is made of a new spec beside its update (for a new slot or node). These
/// tasks are made, placed and prepared (desired Ready), and say what they wait for.
void hold_for_jobs(ServiceView const& view, TaskPlan& plan);

}  // namespace swarmward::scheduler
