#include "scheduler/reaper/reaper_plan.h"

#include <algorithm>
#include <set>

namespace swarmward::scheduler {

namespace {

/// Nothing runs, or ever will, for this task.
bool is_over(model::Task const& task) {
  return task.status.state < model::TaskState::Assigned ||
         task.status.state >= model::TaskState::Complete;
}

/// A limit of attempts needs the history it is counted by.
std::int64_t limit_of(model::Service const& service, std::int64_t cluster_limit) {
  auto const& restart = service.spec->task.restart;
  auto const attempts = restart ? restart->max_attempts.value_or(0) : 0;
  return attempts > 0 ? static_cast<std::int64_t>(attempts) + 1 : cluster_limit;
}

void trim_history(std::vector<model::Task const*> const& newest_last,
                  std::int64_t limit,
                  std::set<model::TaskId>& gone) {
  auto surplus = static_cast<std::int64_t>(newest_last.size()) - limit;
  for (auto const* task : newest_last) {
    if (surplus <= 0) {
      return;
    }
    if (!is_wanted(*task) && is_over(*task)) {
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
        task->desired_state >= model::TaskState::Remove || view.service == nullptr;
    if (unwanted && is_over(*task)) {
      gone.insert(task->id);
    }
  }
  if (view.service != nullptr) {
    auto const limit = limit_of(*view.service, history_limit);
    for (auto const& [place, tasks] : by_place(view)) {
      if (limit >= 0) {
        trim_history(tasks, limit, gone);
      }
    }
  }
  return {gone.begin(), gone.end()};
}

}  // namespace swarmward::scheduler
