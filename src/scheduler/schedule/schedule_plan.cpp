#include "scheduler/schedule/schedule_plan.h"

#include <algorithm>

#include "model/schedule.h"

namespace swarmward::scheduler {

namespace {

/// Tasks of the last run have not ended yet.
bool still_runs(ServiceView const& view) {
  return std::ranges::any_of(view.tasks, [](model::Task const* task) {
    return is_wanted(*task) && !model::is_terminal(task->status.state);
  });
}

/// What is long past is not made up for.
bool is_due(model::Schedule const& schedule, Time since, Time now) {
  auto due = schedule.next(since);
  if (due && *due < now - kLatestRun) {
    due = schedule.next(now - kLatestRun);
  }
  return due && *due <= now;
}

}  // namespace

void plan_schedule(ServiceView const& view, TaskPlan& plan) {
  auto const run = model::scheduled_run(view.service->spec->annotations.labels);
  auto const since = view.service->scheduled_at;
  if (!run) {
    if (since != Time{}) {
      plan.scheduled_at = Time{};
    }
    return;
  }
  auto next = run->schedule.next(since);
  if (since == Time{} || (next && *next <= view.now)) {
    plan.scheduled_at = view.now;
    next = run->schedule.next(view.now);
    bool const due = since != Time{} && is_due(run->schedule, since, view.now);
    if (due && !(run->skip_running && still_runs(view))) {
      plan.run_again = run->replicas;
    }
  }
  if (next) {
    plan.wake_at(*next);
  }
}

}  // namespace swarmward::scheduler
