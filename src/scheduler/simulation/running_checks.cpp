// Checks of what runs on the engines, and of a state in which nothing is left to do.
#include <algorithm>

#include "scheduler/service_view.h"
#include "scheduler/simulation/checks.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;

namespace {

/// As long as this a replacement waits for the old task to stop.
constexpr auto kOldTaskWait = std::chrono::seconds(60);

bool is_same_place(Container const& a, Container const& b) {
  auto const& one = *a.task;
  auto const& other = *b.task;
  if (one.service_id != other.service_id || one.slot != other.slot ||
      one.job_iteration != other.job_iteration) {
    return false;
  }
  return one.slot != 0 || (!one.job_iteration && one.node_id == other.node_id);
}

}  // namespace

void Checks::excuse_containers_of(model::NodeId const& node) {
  for (auto const& [name, engine] : engines_) {
    for (auto const& [id, container] : engine->containers()) {
      if (container.owner == node) {
        unstoppable_.insert(id);
      }
    }
  }
  for (auto const& task : head_.tasks_on(node)) {
    unstoppable_.insert(task->id);  // It may be being started just now.
  }
}

bool Checks::may_overlap(state::Snapshot const& head,
                         Container const& old,
                         Container const& fresh) const {
  if (start_first_.contains(fresh.task->service_id) || unstoppable_.contains(old.task->id) ||
      unstoppable_.contains(fresh.task->id)) {
    return true;
  }
  if (fresh.task->meta.created_at + kOldTaskWait <= stage_.queue.now()) {
    return true;
  }
  // A single replica leaves a drained node only when its replacement runs, and the drain may have
  // been taken back meanwhile.
  auto const service = head.find_service(fresh.task->service_id);
  auto const* mode = service ? std::get_if<model::Replicated>(&service->spec->mode) : nullptr;
  bool const moves =
      fresh.task->origin == model::TaskOrigin::Move && fresh.task->replaces == old.task->id;
  return mode != nullptr && mode->replicas == 1 && moves;
}

void Checks::started(SimEngine& engine, Container const& container) {
  for (auto const& [name, other_engine] : engines_) {
    for (auto const& [id, other] : other_engine->containers()) {
      if (id != container.task->id && other.phase == Phase::Running &&
          is_same_place(other, container) && !may_overlap(head_, other, container)) {
        stage_.fail("{} runs {} while {} still runs {} for slot {} of {}",
                    engine.name(),
                    brief(container.task->id),
                    name,
                    brief(id),
                    container.task->slot,
                    brief(container.task->service_id));
      }
    }
  }
}

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
