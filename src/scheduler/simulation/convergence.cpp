#include "scheduler/simulation/convergence.h"

#include <algorithm>

#include "model/ward_labels.h"
#include "scheduler/service_view.h"
#include "scheduler/simulation/oracle.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;

namespace {

enum class Place { Good, GivenUp, Unplaceable, Bad };
using Tasks = std::vector<model::Task const*>;

bool fits_nowhere(state::Snapshot const& head, model::Task const& task) {
  for (auto const [id, node] : head.nodes) {
    if (could_take(head, task, *node)) {
      return false;
    }
  }
  return true;
}

/// The policy may have given the place up; whether it was right to do so is tested elsewhere.
bool may_be_given_up(model::Task const& last) {
  auto const policy = last.spec->restart.value_or(model::RestartPolicy{});
  bool const ended = last.status.state == TaskState::Complete ||
                     last.status.state == TaskState::Failed ||
                     last.status.state == TaskState::Rejected;
  return ended && (policy.condition == model::RestartCondition::None ||
                   policy.max_attempts.value_or(0) > 0 ||
                   (policy.condition == model::RestartCondition::OnFailure &&
                    last.status.state == TaskState::Complete));
}

bool is_up(model::Task const* task) {
  return task->status.state == TaskState::Running && task->desired_state == TaskState::Running;
}

bool is_paused(model::Service const& service) {
  auto const& status = service.update_status;
  return status && (status->state == model::UpdateState::Paused ||
                    status->state == model::UpdateState::RollbackPaused);
}

/// An update that goes on whatever fails has ended: it may have left old tasks where new ones did
/// not get to run.
bool may_be_mixed(model::Service const& service) {
  if (!service.update_status || !has_finished_update(service)) {
    return false;
  }
  bool const back = service.update_status->state == model::UpdateState::RollbackCompleted;
  auto const& config = back ? service.spec->rollback : service.spec->update;
  return config && (config->failure_action == model::FailureAction::Continue ||
                    config->max_failure_ratio > 0);
}

/// Nobody looks whether a paused node still meets constraints: its tasks stay, though its labels
/// may have changed since an update found that they may.
bool is_spared(model::Service const& service, model::Node const* node) {
  return node != nullptr && node->spec.availability == model::Availability::Pause &&
         has_finished_update(service);
}

Place judge(state::Snapshot const& head, model::Service const& service, Tasks const& tasks) {
  Tasks wanted;
  std::ranges::copy_if(tasks, std::back_inserter(wanted), [](auto const* task) {
    return task->desired_state <= TaskState::Complete;
  });
  bool const waits = std::ranges::any_of(wanted, [&](auto const* task) {
    return task->status.state < TaskState::Assigned && fits_nowhere(head, *task);
  });
  if (waits) {
    return Place::Unplaceable;
  }
  if (wanted.empty()) {
    auto const last =
        std::ranges::max_element(tasks, {}, [](auto const* task) { return task->meta.created_at; });
    return last != tasks.end() && may_be_given_up(**last) ? Place::GivenUp : Place::Bad;
  }
  // A paused start-first update leaves old and new side by side.
  bool const paused = is_paused(service);
  if (paused && wanted.size() > 1 && std::ranges::all_of(wanted, is_up)) {
    return Place::Good;
  }
  auto const& task = *wanted.front();
  auto const node = head.find_node(task.node_id);
  bool const current = paused || may_be_mixed(service) || is_spared(service, node.get()) ||
                       !is_outdated(task, service, node.get());
  bool const good = wanted.size() == 1 && is_up(&task) && current;
  return good ? Place::Good : Place::Bad;
}

std::string name_of(model::Service const& service, char const* what) {
  return brief(service.id) + " " + what;
}

std::string unfinished_update(model::Service const& service, bool stuck) {
  auto const& status = service.update_status;
  bool const under_way = status && (status->state == model::UpdateState::Updating ||
                                    status->state == model::UpdateState::RollbackStarted);
  return under_way && !stuck ? name_of(service, "does not end its update") : std::string{};
}

std::string unfinished_replicated(state::Snapshot const& head, model::Service const& service) {
  std::map<model::Slot, Tasks> slots;
  auto const all = head.tasks_of(service.id);
  for (auto const& task : all) {
    slots[task->slot].push_back(task.get());
  }
  std::uint64_t held = 0;
  bool stuck = false;
  for (auto const& [slot, tasks] : slots) {
    auto const place = judge(head, service, tasks);
    bool const wanted = std::ranges::any_of(
        tasks, [](auto const* task) { return task->desired_state <= TaskState::Complete; });
    if (place == Place::Bad && wanted) {
      return name_of(service, "has a slot that is not up: ") + std::to_string(slot);
    }
    stuck |= place == Place::Unplaceable || place == Place::GivenUp;
    held += place != Place::Bad ? 1 : 0;
  }
  auto const replicas = std::get<model::Replicated>(service.spec->mode).replicas;
  if (held != replicas) {
    return name_of(service, "has ") + std::to_string(held) + " of " + std::to_string(replicas);
  }
  return unfinished_update(service, stuck);
}

std::string unfinished_global(state::Snapshot const& head, model::Service const& service) {
  auto const all = head.tasks_of(service.id);
  bool stuck = false;
  for (auto const [id, node] : head.nodes) {
    Tasks here;
    for (auto const& task : all) {
      if (task->node_id == id) {
        here.push_back(task.get());
      }
    }
    auto const& placement = service.spec->task.placement;
    bool const open = node->spec.availability == model::Availability::Active &&
                      node->status.state == model::NodeState::Ready &&
                      (!placement || satisfies(placement->constraints, *node));
    auto const place = judge(head, service, here);
    bool const wanted = std::ranges::any_of(
        here, [](auto const* task) { return task->desired_state <= TaskState::Complete; });
    if (place == Place::Bad && (open || wanted) &&
        node->spec.availability != model::Availability::Pause) {
      return name_of(service, "is not up on ") + brief(id);
    }
    stuck |= place == Place::Unplaceable || place == Place::GivenUp ||
             node->spec.availability == model::Availability::Pause;
  }
  return unfinished_update(service, stuck);
}

/// How far a job is: `busy` says why it has to come further; it does not if tasks of it fit nowhere
/// or may be tried no more.
struct JobEnd {
  bool done = false;
  std::string busy{};
};

JobEnd end_of_job(state::Snapshot const& head, model::Service const& service) {
  auto const* job = std::get_if<model::ReplicatedJob>(&service.spec->mode);
  auto const iteration = service.job_status ? service.job_status->iteration : 0;
  std::uint64_t complete = 0;
  bool stuck = false;
  for (auto const& task : head.tasks_of(service.id)) {
    if (task->job_iteration != iteration) {
      continue;
    }
    complete += task->status.state == TaskState::Complete ? 1 : 0;
    bool const wanted = task->desired_state <= TaskState::Complete;
    stuck |= may_be_given_up(*task) && task->status.state != TaskState::Complete;
    if (wanted && task->status.state < TaskState::Assigned && fits_nowhere(head, *task)) {
      stuck = true;
    } else if (wanted && task->status.state <= TaskState::Running) {
      return {false, name_of(service, "still works on ") + brief(task->id)};
    }
  }
  bool const done = job == nullptr ? complete > 0 : complete >= job->total_completions;
  bool const at_rest = done || stuck || job == nullptr;
  return {done && !stuck, at_rest ? std::string{} : name_of(service, "is a job that is not done")};
}

/// It may wait for good: for a job that cannot complete, or for what is no job.
bool is_held_up(state::Snapshot const& head, model::Service const& service) {
  auto const names = model::pre_deploy_jobs(service.spec->annotations.labels);
  return std::ranges::any_of(names, [&](std::string const& name) {
    auto const* id = head.service_names.find(state::lower_case(name));
    auto const job = id == nullptr ? nullptr : head.find_service(*id);
    if (!job || !is_job(*job)) {
      return true;
    }
    auto const end = end_of_job(head, *job);
    return !end.done && end.busy.empty();
  });
}

bool has_to_update(state::Snapshot const& head, model::Service const& service) {
  if (service.update_status) {
    return !has_finished_update(service) && !is_paused(service);
  }
  return std::ranges::any_of(head.tasks_of(service.id), [&](auto const& task) {
    return is_wanted(*task) && is_outdated(*task, service, head.find_node(task->node_id).get());
  });
}

/// One place of an update: a task of an earlier update may have its time before that of this one.
Duration longest_of(std::optional<model::UpdateConfig> const& config) {
  constexpr auto kDeadline = std::chrono::minutes(10);
  constexpr auto kMonitor = std::chrono::seconds(5);
  auto const asked = config.value_or(model::UpdateConfig{});
  return 2 * kDeadline + asked.delay + asked.monitor.value_or(kMonitor);
}

}  // namespace

Duration longest_updates(state::Snapshot const& head) {
  Duration longest{};
  for (auto const [id, service] : head.services) {
    if (is_job(*service) || !has_to_update(head, *service)) {
      continue;
    }
    auto const* replicated = std::get_if<model::Replicated>(&service->spec->mode);
    auto const places = replicated != nullptr ? replicated->replicas : head.nodes.size();
    longest += static_cast<Duration::rep>(places) *
               (longest_of(service->spec->update) + longest_of(service->spec->rollback));
  }
  return longest;
}

std::string unfinished(state::Snapshot const& head, Engines const& engines) {
  for (auto const [id, service] : head.services) {
    std::string what;
    if (is_job(*service)) {
      what = end_of_job(head, *service).busy;
    } else if (is_held_up(head, *service)) {
      continue;
    } else if (std::holds_alternative<model::Global>(service->spec->mode)) {
      what = unfinished_global(head, *service);
    } else {
      what = unfinished_replicated(head, *service);
    }
    if (!what.empty()) {
      return what;
    }
  }
  return mismatch(head, engines);
}

std::string mismatch(state::Snapshot const& head, Engines const& engines) {
  for (auto const& [name, engine] : engines) {
    for (auto const& [id, container] : engine->containers()) {
      auto const task = head.find_task(id);
      if (!head.find_node(container.owner)) {
        continue;  // Of a membership that ended while nobody could reach the engine.
      }
      if (!task) {
        return name + " has a container of a task that is gone: " + brief(id);
      }
      bool const wanted =
          task->desired_state <= TaskState::Complete && task->status.state <= TaskState::Running;
      if (container.phase == Phase::Running && !wanted) {
        return name + " runs what nobody wants: " + brief(id);
      }
    }
  }
  for (auto const [id, task] : head.tasks) {
    if (task->status.state != TaskState::Running) {
      continue;
    }
    auto const node = head.find_node(task->node_id);
    if (!node) {
      return "task " + brief(id) + " is said to run on a node that is gone";
    }
    auto const& containers = engines.at(node->engine_name)->containers();
    auto const container = containers.find(id);
    if (container == containers.end() || container->second.phase != Phase::Running) {
      return "task " + brief(id) + " is said to run and does not";
    }
  }
  return {};
}

}  // namespace swarmward::scheduler::simulation
