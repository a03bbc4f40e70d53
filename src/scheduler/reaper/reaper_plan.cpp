#include "scheduler/reaper/reaper_plan.h"

#include <algorithm>
#include <set>

#include "scheduler/orchestrator/job_tasks.h"
#include "scheduler/restart/restart_plan.h"

namespace swarmward::scheduler {

namespace {

/// Nothing runs, or ever will, for this task. An orphan may still run until its node answers.
bool is_over(ServiceView const& view, model::Task const& task) {
  if (task.status.state < model::TaskState::Assigned) {
    return true;
  }
  auto const* node = node_of(view, task);
  bool const out_of_reach =
      task.status.state == model::TaskState::Orphaned && node != nullptr && is_silent(node);
  return task.status.state >= model::TaskState::Complete && !out_of_reach;
}

/// A task of a global service is of no interest without its node: no other one will follow it
/// there, so that history would grow with each node that comes and goes. As natively.
bool has_lost_its_node(ServiceView const& view, model::Task const& task) {
  return view.service != nullptr && is_global(*view.service) && !is_job(*view.service) &&
         !task.node_id.empty() && node_of(view, task) == nullptr;
}

/// A limit of attempts needs the history it is counted by.
std::int64_t limit_of(model::Service const& service, std::int64_t cluster_limit) {
  auto const& restart = service.spec->task.restart;
  auto const attempts = restart ? restart->max_attempts.value_or(0) : 0;
  return attempts > 0 ? static_cast<std::int64_t>(attempts) + 1 : cluster_limit;
}

/// What a decision may still be read off: a job's task that has completed, the task that holds a
/// finished place, and what a running update has made so far.
class Evidence {
 public:
  explicit Evidence(ServiceView const& view) : view_(view), service_(*view.service) {
    auto const& status = service_.update_status;
    if (status && !has_finished_update(service_)) {
      update_since_ = status->started_at;
    }
  }

  [[nodiscard]] bool contains(PlaceTasks const& place, model::Task const& task) const {
    if (is_job(service_)) {
      bool const present = task.job_iteration == iteration_of(service_);
      return present && (task.status.state == model::TaskState::Complete || holds(place, task));
    }
    bool const by_update = update_since_ && task.origin == model::TaskOrigin::Update &&
                           task.spec_version == service_.spec_version &&
                           task.meta.created_at >= *update_since_;
    return by_update || holds(place, task);
  }

 private:
  [[nodiscard]] bool holds(PlaceTasks const& place, model::Task const& task) const {
    return place.newest().id == task.id && is_finished(view_, place);
  }

  ServiceView const& view_;
  model::Service const& service_;
  std::optional<Time> update_since_;
};

/// The oldest go first. A job's task of an older iteration is over once it has ended, whatever was
/// wanted of it.
void trim_history(ServiceView const& view,
                  PlaceTasks const& place,
                  std::int64_t limit,
                  std::set<model::TaskId>& gone) {
  Evidence const evidence(view);
  auto surplus = static_cast<std::int64_t>(place.tasks.size()) - limit;
  for (auto const* task : place.tasks) {
    if (surplus <= 0) {
      return;
    }
    bool const past = !is_wanted(*task) ||
                      (is_job(*view.service) && task->job_iteration != iteration_of(*view.service));
    if (past && is_over(view, *task) && !evidence.contains(place, *task)) {
      gone.insert(task->id);
      --surplus;
    }
  }
}

}  // namespace

std::vector<model::TaskId> plan_reap(ServiceView const& view, std::int64_t history_limit) {
  std::set<model::TaskId> gone;
  for (auto const* task : view.tasks) {
    bool const unwanted =
        task->desired_state >= model::TaskState::Remove || view.service == nullptr ||
        has_lost_its_node(view, *task);
    if (unwanted && is_over(view, *task)) {
      gone.insert(task->id);
    }
  }
  auto const limit = view.service == nullptr ? -1 : limit_of(*view.service, history_limit);
  if (limit >= 0) {
    for (auto const& place : view.places()) {
      if (static_cast<std::int64_t>(place.tasks.size()) > limit) {
        trim_history(view, place, limit, gone);
      }
    }
  }
  return {gone.begin(), gone.end()};
}

}  // namespace swarmward::scheduler
