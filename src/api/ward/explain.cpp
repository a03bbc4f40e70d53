#include "api/ward/explain.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <nlohmann/json.hpp>

#include "api/routes/lookup.h"
#include "api/routes/service_status.h"
#include "api/ward/service_words.h"
#include "api/ward/task_words.h"

namespace swarmward::api {

namespace {

using nlohmann::json;

/// More tasks of one service in trouble tell nothing that these do not.
constexpr std::size_t kMostTasks = 50;

std::string mode_in_words(model::ServiceMode const& mode) {
  constexpr std::array<char const*, 4> kWords{
      "replicated", "global", "replicated job", "global job"};
  return kWords.at(mode.index());
}

std::string update_word(model::UpdateState state) {
  switch (state) {
    case model::UpdateState::Updating:
      return "updating";
    case model::UpdateState::Paused:
      return "paused";
    case model::UpdateState::Completed:
      return "completed";
    case model::UpdateState::RollbackStarted:
      return "rollback_started";
    case model::UpdateState::RollbackPaused:
      return "rollback_paused";
    case model::UpdateState::RollbackCompleted:
      return "rollback_completed";
  }
  return {};
}

/// On a node that is lost nobody knows, and another one takes its place.
bool is_on_a_lost_node(state::Snapshot const& snapshot, model::Task const& task) {
  auto const node = snapshot.find_node(task.node_id);
  return !node || node->status.state == model::NodeState::Down;
}

json service_part(model::Service const& service, state::Snapshot const& snapshot) {
  auto tasks = snapshot.tasks_of(service.id);
  auto const lost = [&](state::TaskPtr const& task) {
    return task->status.state == model::TaskState::Running && is_on_a_lost_node(snapshot, *task);
  };
  auto const silent = static_cast<std::uint64_t>(std::ranges::count_if(tasks, lost));
  auto const count = count_tasks(service, tasks);
  json part;
  part["ID"] = service.id.str();
  part["Name"] = service.name();
  part["Mode"] = mode_in_words(service.spec->mode);
  part["Wanted"] = count.desired;
  part["Running"] = count.running - silent + (service.job_status ? count.completed : 0);
  return part;
}

json update_part(model::Service const& service, state::Snapshot const& snapshot) {
  if (!service.update_status) {
    return nullptr;
  }
  json part;
  part["State"] = update_word(service.update_status->state);
  part["Message"] = service.update_status->message;
  part["Explanation"] = update_words(service, snapshot);
  return part;
}

json nodes_part(std::vector<NodeReason> const& reasons) {
  auto nodes = json::array();
  for (auto const& each : reasons) {
    json node;
    node["ID"] = each.id;
    node["Name"] = each.name;
    node["Filter"] = each.filter;
    node["Reason"] = each.filter.empty() ? "fits" : each.reason;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

json task_part(model::Task const& task,
               std::vector<NodeReason> const& reasons,
               state::Snapshot const& snapshot,
               Time now) {
  auto const node = snapshot.find_node(task.node_id);
  json part;
  part["ID"] = task.id.str();
  part["Name"] = model::display_name(task);
  part["NodeID"] = task.node_id.str();
  part["Node"] = node ? node->description.hostname : std::string{};
  part["DesiredState"] = model::to_string(task.desired_state);
  part["State"] = model::to_string(task.status.state);
  part["Timestamp"] = format_time(task.status.timestamp);
  part["Message"] = task.status.message.str();
  part["Err"] = task.status.err.str();
  part["Explanation"] = task_words(task, snapshot, now);
  part["Nodes"] = nodes_part(reasons);
  return part;
}

bool waits_for_a_node(model::Task const& task) {
  return task.status.state == model::TaskState::Pending &&
         task.desired_state <= model::TaskState::Complete;
}

/// The tasks with what nodes say to those that wait for one.
json tasks_part(std::vector<state::TaskPtr> const& tasks,
                state::Snapshot const& snapshot,
                WardControl& control,
                Time now) {
  std::vector<model::Task> waiting;
  for (auto const& task : tasks) {
    if (waits_for_a_node(*task)) {
      waiting.push_back(*task);
    }
  }
  auto const reasons = control.judge(snapshot, waiting);
  auto part = json::array();
  std::size_t judged = 0;
  for (auto const& task : tasks) {
    bool const waits = waits_for_a_node(*task);
    part.push_back(
        task_part(*task, waits ? reasons.at(judged) : std::vector<NodeReason>{}, snapshot, now));
    judged += waits ? 1U : 0U;
  }
  return part;
}

/// Why a global service has no task on some nodes.
void add_bare_nodes(model::Service const& service,
                    state::Snapshot const& snapshot,
                    WardControl& control,
                    json& notes) {
  if (!std::holds_alternative<model::Global>(service.spec->mode)) {
    return;
  }
  auto const reasons = control.judge(snapshot, {sample_task(service)});
  for (auto const& each : reasons.at(0)) {
    auto const tasks = snapshot.tasks_on(model::NodeId(each.id));
    bool const there = std::ranges::any_of(tasks, [&](state::TaskPtr const& task) {
      return task->service_id == service.id && task->desired_state <= model::TaskState::Complete;
    });
    if (!there && !each.filter.empty()) {
      notes.push_back("node " + each.name + " has no task: it " + each.reason);
    }
  }
}

std::vector<state::TaskPtr> troubled(model::Service const& service,
                                     state::Snapshot const& snapshot) {
  auto tasks = snapshot.tasks_of(service.id);
  std::erase_if(tasks, [&](state::TaskPtr const& task) { return is_as_wanted(*task, snapshot); });
  std::ranges::sort(tasks, {}, [](state::TaskPtr const& task) {
    return std::tuple(task->slot, model::display_name(*task), task->meta.created_at);
  });
  return tasks;
}

}  // namespace

Result<json> explain(state::Snapshot const& snapshot,
                     std::string const& input,
                     WardControl& control,
                     Time now) {
  json document;
  std::vector<state::TaskPtr> tasks;
  auto notes = json::array();
  auto service = get_service(snapshot, input);
  if (service) {
    tasks = troubled(**service, snapshot);
    notes = empty_slot_words(**service, snapshot);
    add_bare_nodes(**service, snapshot, control, notes);
  } else {
    auto const task = get_task(snapshot, input);
    if (!task && task.error().code == ErrorCode::NotFound) {
      return service.error().code == ErrorCode::NotFound
                 ? not_found("no service or task " + input + " found")
                 : service.error();
    }
    if (!task) {
      return task.error();
    }
    tasks.push_back(*task);
    if (auto owner = snapshot.find_service((*task)->service_id)) {
      service = std::move(owner);
    } else {
      notes.push_back("its service has been removed, and the task goes with it");
    }
  }
  if (tasks.size() > kMostTasks) {
    notes.push_back("these are " + std::to_string(kMostTasks) + " of " +
                    std::to_string(tasks.size()) + " tasks that are not as wanted");
    tasks.resize(kMostTasks);
  }
  document["Service"] = service ? service_part(**service, snapshot) : json::object();
  document["Update"] = service ? update_part(**service, snapshot) : json();
  document["Notes"] = std::move(notes);
  document["Tasks"] = tasks_part(tasks, snapshot, control, now);
  return Result<json>(boost::system::in_place_value, std::move(document));
}

}  // namespace swarmward::api
