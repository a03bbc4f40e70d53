// Checks that a place has one task, and when it may have two.
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

bool is_wanted_running(model::Task const& task) {
  return task.desired_state <= TaskState::Complete && task.status.state == TaskState::Running;
}

bool updates_start_first(model::Service const& service) {
  auto const says_so = [](std::optional<model::UpdateConfig> const& config) {
    return config && config->order == model::UpdateOrder::StartFirst;
  };
  return says_so(service.spec->update) || says_so(service.spec->rollback);
}

/// A single replica moves only once its replacement runs.
bool is_single(model::Service const& service) {
  auto const* mode = std::get_if<model::Replicated>(&service.spec->mode);
  return mode != nullptr && mode->replicas == 1;
}

}  // namespace

void Checks::note_start(state::Snapshot const& head, model::Task const& task) {
  auto const service = head.find_service(task.service_id);
  if (!service || task.job_iteration) {
    return;
  }
  if (updates_start_first(*service)) {
    ahead_.insert(task.id);
  }
  if (!is_single(*service)) {
    return;
  }
  for (auto const& other : head.tasks_of(task.service_id)) {
    bool const same =
        other->slot == task.slot && (task.slot != 0 || other->node_id == task.node_id);
    if (same && other->id != task.id && other->desired_state <= TaskState::Running) {
      together_.emplace(task.id, other->id);
    }
  }
}

bool Checks::go_together(model::TaskId const& one, model::TaskId const& other) const {
  return together_.contains({one, other}) || together_.contains({other, one}) ||
         ahead_.contains(one) || ahead_.contains(other);
}

void Checks::check_slot(state::Snapshot const& head,
                        model::Task const& before,
                        model::Task const& task) {
  bool const begins = !is_wanted_running(before) && is_wanted_running(task);
  if (!begins || task.slot == 0 || task.job_iteration) {
    return;
  }
  for (auto const& other : head.tasks_of(task.service_id)) {
    if (other->id != task.id && other->slot == task.slot && is_wanted_running(*other) &&
        !go_together(task.id, other->id)) {
      stage_.fail("slot {} of {} runs twice: {} and {}",
                  task.slot,
                  brief(task.service_id),
                  brief(other->id),
                  brief(task.id));
    }
  }
}

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

bool Checks::may_overlap(Container const& old, Container const& fresh) const {
  return go_together(fresh.task->id, old.task->id) || unstoppable_.contains(old.task->id) ||
         unstoppable_.contains(fresh.task->id) ||
         fresh.task->meta.created_at + kOldTaskWait <= stage_.queue.now();
}

void Checks::started(SimEngine& engine, Container const& container) {
  for (auto const& [name, other_engine] : engines_) {
    for (auto const& [id, other] : other_engine->containers()) {
      if (id != container.task->id && other.phase == Phase::Running &&
          is_same_place(other, container) && !may_overlap(other, container)) {
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

}  // namespace swarmward::scheduler::simulation
