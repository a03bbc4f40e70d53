// Checks of a state in which nothing is left to do.
#include <algorithm>

#include "scheduler/service_view.h"
#include "scheduler/simulation/checks.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;

void Checks::settled(state::Snapshot const& head) {
  for (auto const [id, task] : head.tasks) {
    bool const waits =
        task->status.state < TaskState::Assigned && task->desired_state <= TaskState::Complete;
    if (waits && task->status.err.empty()) {
      stage_.fail("task {} waits for nobody knows what", brief(id));
    }
  }
  for (auto const [id, service] : head.services) {
    check_history(head, *service);
  }
}

/// Ended tasks beyond the limit must be gone, but for those that decisions are still read off: jobs
/// have rules of their own, an update looks at what it made, and the last one may hold its place.
void Checks::check_history(state::Snapshot const& head, model::Service const& service) {
  auto const& status = service.update_status;
  if (is_job(service) || (status && !has_finished_update(service))) {
    return;
  }
  auto const& restart = service.spec->task.restart;
  auto const attempts = restart ? restart->max_attempts.value_or(0) : 0;
  auto limit = head.cluster ? head.cluster->spec.task_history_limit.value_or(5) : 5;
  limit = attempts > 0 ? static_cast<std::int64_t>(attempts) + 1 : limit;
  std::map<std::pair<model::Slot, model::NodeId>, std::vector<state::TaskPtr>> places;
  for (auto const& task : head.tasks_of(service.id)) {
    places[{task->slot, is_global(service) ? task->node_id : model::NodeId{}}].push_back(task);
  }
  for (auto const& [place, tasks] : places) {
    auto const newest = *std::ranges::max_element(
        tasks, {}, [](auto const& task) { return task->meta.created_at; });
    auto const surplus = std::ranges::count_if(tasks, [&](auto const& task) {
      return task != newest && !is_wanted(*task) && model::is_terminal(task->status.state) &&
             task->status.state != TaskState::Orphaned;
    });
    if (limit >= 0 && static_cast<std::int64_t>(tasks.size()) > limit && surplus > 0) {
      stage_.fail("slot {} of {} keeps {} tasks, the limit is {}",
                  place.first,
                  brief(service.id),
                  tasks.size(),
                  limit);
    }
  }
}

}  // namespace swarmward::scheduler::simulation
