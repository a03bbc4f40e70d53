#include "api/ward/task_words.h"

#include <algorithm>

namespace swarmward::api {

namespace {

using model::TaskState;

/// Source: the engine's default for a container without a stop grace of its own.
constexpr std::int64_t kDefaultGraceSeconds = 10;

std::string seconds_text(Duration duration) {
  auto const seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
  return std::to_string(seconds) + " s";
}

std::string node_name(model::Task const& task, state::Snapshot const& snapshot) {
  auto const node = snapshot.find_node(task.node_id);
  return node ? node->description.hostname : task.node_id.str();
}

bool on_silent_node(model::Task const& task, state::Snapshot const& snapshot) {
  auto const node = snapshot.find_node(task.node_id);
  return !task.node_id.empty() && (!node || node->status.state != model::NodeState::Ready);
}

std::string stopping(model::Task const& task, state::Snapshot const& snapshot) {
  if (on_silent_node(task, snapshot)) {
    return "it shall stop, but its node " + node_name(task, snapshot) +
           " is silent: it is stopped there once the node is back";
  }
  auto grace = kDefaultGraceSeconds;
  if (task.spec->container && task.spec->container->stop_grace_period) {
    grace =
        std::chrono::ceil<std::chrono::seconds>(*task.spec->container->stop_grace_period).count();
  }
  return "it is being stopped: its container has " + std::to_string(grace) +
         " s from the stop signal to the kill";
}

std::string held_back(model::Task const& task, state::Snapshot const& snapshot, Time now) {
  if (task.start_not_before > now) {
    auto text = "it starts in " + seconds_text(task.start_not_before - now) +
                ", when its restart delay is over";
    auto const failures = std::to_string(task.failures_before);
    return task.failures_before < 2 ? text
                                    : text + " (the last " + failures +
                                          " tasks here have failed; each doubles the delay, see "
                                          "ward.restart.backoff)";
  }
  if (auto const old = snapshot.find_task(task.replaces);
      old && !model::is_terminal(old->status.state)) {
    return "it starts once the task it replaces, " + old->id.str() + " on " +
           node_name(*old, snapshot) + ", has stopped";
  }
  if (std::string(task.status.err).starts_with("waiting for service")) {
    return "the label ward.depends-on of its service holds it back";
  }
  if (std::string(task.status.err).starts_with("waiting for job")) {
    return "the label ward.pre-deploy of its service holds it back";
  }
  return "it is held in readiness and starts next";
}

std::string coming_up(model::Task const& task, state::Snapshot const& snapshot) {
  auto const on_node = " on " + node_name(task, snapshot);
  switch (task.status.state) {
    case TaskState::New:
      return "it has not been given its ports and addresses yet";
    case TaskState::Pending:
      return task.status.err.empty()
                 ? "it waits for its turn to be placed"
                 : "no node can take it now; it is placed as soon as one can, for that is "
                   "looked at again with each change";
    case TaskState::Assigned:
    case TaskState::Accepted:
      return "its node" + on_node.substr(3) + " has been told of it";
    case TaskState::Preparing:
      return "the engine" + on_node + " pulls the image and prepares volumes";
    case TaskState::Ready:
      return "it is prepared" + on_node + " and starts next";
    case TaskState::Starting:
      return task.spec->container && task.spec->container->healthcheck
                 ? "its container" + on_node + " starts; it counts as running once it is healthy"
                 : "its container" + on_node + " starts";
    case TaskState::Running:
      return "it runs" + on_node;
    default:
      return "it has ended (" + ending_of(task) + ") and a replacement is about to be made";
  }
}

}  // namespace

std::string ending_of(model::Task const& task) {
  auto text = std::string(model::to_string(task.status.state));
  if (!task.status.err.empty()) {
    text += ": " + std::string(task.status.err);
  }
  return text;
}

bool is_as_wanted(model::Task const& task, state::Snapshot const& snapshot) {
  if (task.desired_state > TaskState::Complete) {
    return model::is_terminal(task.status.state);
  }
  if (task.status.state == TaskState::Complete && task.job_iteration) {
    return true;
  }
  return task.status.state == TaskState::Running && !on_silent_node(task, snapshot);
}

state::TaskPtr task_before(model::Task const& task, state::Snapshot const& snapshot) {
  state::TaskPtr before;
  for (auto const& other : snapshot.tasks_of(task.service_id)) {
    bool const same_place =
        task.slot != 0 ? other->slot == task.slot : other->node_id == task.node_id;
    bool const older = other->id != task.id && other->meta.created_at < task.meta.created_at;
    if (same_place && older && (!before || before->meta.created_at < other->meta.created_at)) {
      before = other;
    }
  }
  return before;
}

std::vector<std::string> task_words(model::Task const& task,
                                    state::Snapshot const& snapshot,
                                    Time now) {
  std::vector<std::string> words;
  bool const ended = model::is_terminal(task.status.state);
  if (task.desired_state > TaskState::Complete) {
    words.push_back(ended ? "it has ended and is kept as history (" + ending_of(task) + ")"
                          : stopping(task, snapshot));
  } else if (task.desired_state == TaskState::Ready && !ended) {
    words.push_back(held_back(task, snapshot, now));
  } else {
    words.push_back(coming_up(task, snapshot));
  }
  bool const alive = !ended && task.desired_state <= TaskState::Complete;
  if (alive && task.status.state >= TaskState::Assigned && on_silent_node(task, snapshot)) {
    words.push_back("its node " + node_name(task, snapshot) +
                    " is silent: what is shown is its last report");
  }
  auto const before =
      alive && task.status.state < TaskState::Running ? task_before(task, snapshot) : nullptr;
  bool const failed = before && (before->status.state == TaskState::Failed ||
                                 before->status.state == TaskState::Rejected);
  if (failed) {
    words.push_back("the task before it, " + before->id.str() + " on " +
                    node_name(*before, snapshot) + ", " + ending_of(*before));
  }
  return words;
}

}  // namespace swarmward::api
