#include "api/ward/service_words.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "api/routes/up_to_date.h"
#include "api/ward/task_words.h"
#include "model/take_spec.h"

namespace swarmward::api {

namespace {

using model::TaskState;
using model::UpdateState;

bool is_wanted(model::Task const& task) {
  return task.desired_state <= TaskState::Complete;
}

/// What an update still has to do.
struct Progress {
  std::size_t done = 0;
  std::size_t old = 0;
  std::vector<state::TaskPtr> coming;  ///< New ones that do not run yet.
};

Progress progress_of(model::Service const& service, state::Snapshot const& snapshot) {
  Progress progress;
  for (auto const& task : snapshot.tasks_of(service.id)) {
    if (!is_wanted(*task)) {
      continue;
    }
    if (!is_up_to_date(*task, service, snapshot.find_node(task->node_id).get())) {
      ++progress.old;
    } else if (task->status.state == TaskState::Running) {
      ++progress.done;
    } else {
      progress.coming.push_back(task);
    }
  }
  return progress;
}

std::string progress_text(Progress const& progress) {
  return std::to_string(progress.done) + " tasks of the new spec run, " +
         std::to_string(progress.old) + " of the old one are left";
}

void add_coming(Progress const& progress, std::vector<std::string>& words) {
  for (auto const& task : progress.coming) {
    auto text = "it waits for " + model::display_name(*task) + " (" + task->id.str() +
                "), which is " + std::string(model::to_string(task->status.state));
    words.push_back(task->status.err.empty() ? text : text + ": " + std::string(task->status.err));
  }
}

/// The task that the message names as the reason, and how it ended.
void add_culprit(model::Service const& service,
                 state::Snapshot const& snapshot,
                 std::vector<std::string>& words) {
  for (auto const& task : snapshot.tasks_of(service.id)) {
    if (service.update_status->message.find(task->id.view()) != std::string::npos) {
      auto const node = snapshot.find_node(task->node_id);
      words.push_back("task " + task->id.str() +
                      (node ? " on " + node->description.hostname : std::string{}) + ": " +
                      ending_of(*task));
    }
  }
}

/// What follows `words` in the message of the update: the name of a job.
std::string job_after(model::Service const& service, std::string_view words) {
  auto const& message = service.update_status->message;
  auto const at = message.find(words);
  return at == std::string::npos ? std::string{} : message.substr(at + words.size());
}

void add_job_waited_for(model::Service const& service, std::vector<std::string>& words) {
  if (auto const name = job_after(service, "waiting for job "); !name.empty()) {
    words.push_back("the label ward.pre-deploy holds it back until job " + name +
                    " has completed a run for it; how far that is: docker ward explain " + name);
  }
}

void add_failed_job(model::Service const& service, std::vector<std::string>& words) {
  if (auto const name = job_after(service, "due to failure of job "); !name.empty()) {
    words.push_back("why the job failed: docker service ps --no-trunc " + name +
                    ", docker service logs " + name);
  }
}

bool may_be_replaced(model::Task const& last, std::string& why) {
  auto const policy = last.spec->restart.value_or(model::RestartPolicy{});
  bool const success = last.status.state == TaskState::Complete;
  if (policy.condition == model::RestartCondition::None) {
    why = "its restart condition is none";
    return false;
  }
  if (policy.condition == model::RestartCondition::OnFailure && success) {
    why = "its restart condition is on-failure, and it ended with success";
    return false;
  }
  if (policy.max_attempts.value_or(0) != 0) {
    why = "its " + std::to_string(*policy.max_attempts) + " restart attempts may be used up";
    return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> update_words(model::Service const& service,
                                      state::Snapshot const& snapshot) {
  std::vector<std::string> words;
  if (!service.update_status) {
    return words;
  }
  auto const name = service.name();
  auto const progress = progress_of(service, snapshot);
  switch (service.update_status->state) {
    case UpdateState::Updating:
    case UpdateState::RollbackStarted:
      words.push_back(progress_text(progress));
      add_job_waited_for(service, words);
      add_coming(progress, words);
      break;
    case UpdateState::Paused:
      words.push_back(progress_text(progress));
      add_culprit(service, snapshot, words);
      add_failed_job(service, words);
      words.push_back("to go on, give it a spec that works (docker service update " + name +
                      " …); to go back: docker service rollback " + name);
      break;
    case UpdateState::RollbackPaused:
      add_culprit(service, snapshot, words);
      words.push_back(
          "the rollback has failed as well; give it a spec that works: docker service "
          "update " +
          name + " …");
      break;
    case UpdateState::RollbackCompleted:
    case UpdateState::Completed:
      break;
  }
  return words;
}

std::vector<std::string> empty_slot_words(model::Service const& service,
                                          state::Snapshot const& snapshot) {
  std::vector<std::string> words;
  if (!std::holds_alternative<model::Replicated>(service.spec->mode)) {
    return words;
  }
  std::map<model::Slot, state::TaskPtr> last;
  std::map<model::Slot, bool> filled;
  for (auto const& task : snapshot.tasks_of(service.id)) {
    auto& newest = last[task->slot];
    if (!newest || newest->meta.created_at < task->meta.created_at) {
      newest = task;
    }
    filled[task->slot] = filled[task->slot] || is_wanted(*task);
  }
  for (auto const& [slot, task] : last) {
    std::string why;
    if (!filled[slot] && model::is_terminal(task->status.state) && !may_be_replaced(*task, why)) {
      words.push_back("slot " + std::to_string(slot) + " has no task: the last one, " +
                      task->id.str() + ", is " + ending_of(*task) + "; " + why);
    }
  }
  return words;
}

model::Task sample_task(model::Service const& service) {
  model::Task task;
  task.service_id = service.id;
  model::take_spec(task, service);
  return task;
}

}  // namespace swarmward::api
