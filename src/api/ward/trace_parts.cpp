#include "api/ward/trace_parts.h"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

namespace swarmward::api {

using nlohmann::json;

bool takes_connections(model::Task const& task) {
  return task.status.state == model::TaskState::Running &&
         task.desired_state < model::TaskState::Shutdown;
}

std::vector<state::TaskPtr> present_tasks(state::Snapshot const& snapshot,
                                          TraceTarget const& target) {
  auto tasks = snapshot.tasks_of(target.service->id);
  std::erase_if(tasks, [](state::TaskPtr const& task) {
    return task->node_id.empty() || model::is_terminal(task->status.state);
  });
  std::ranges::sort(tasks, {}, [](state::TaskPtr const& task) {
    return std::tuple(task->slot, model::display_name(*task), task->id);
  });
  return tasks;
}

json backend_document(state::Snapshot const& snapshot,
                      TraceTarget const& target,
                      model::Task const& task,
                      std::string address) {
  auto const node = snapshot.find_node(task.node_id);
  json line;
  line["Task"] = model::display_name(task);
  line["TaskID"] = task.id.str();
  line["Slot"] = task.slot;
  line["Node"] = node ? node->description.hostname : task.node_id.str();
  line["State"] = model::to_string(task.status.state);
  line["DesiredState"] = model::to_string(task.desired_state);
  line["Address"] = std::move(address);
  line["OnEntryNode"] = task.node_id == target.from->id;
  return line;
}

json host_port_document(state::Snapshot const& snapshot, TraceTarget const& target, json document) {
  auto warnings = json::array();
  document["Backends"] = json::array();
  bool here = false;
  std::size_t serving = 0;
  for (auto const& task : present_tasks(snapshot, target)) {
    bool const serves = takes_connections(*task);
    auto const node = snapshot.find_node(task->node_id);
    here = here || (serves && task->node_id == target.from->id);
    serving += serves ? 1U : 0U;
    auto line = backend_document(snapshot, target, *task, node ? node->status.addr : std::string());
    line["Serves"] = serves;
    document["Backends"].push_back(std::move(line));
  }
  auto const name = target.from->description.hostname;
  document["Steps"] = json::array(
      {"the port is published in host mode: only nodes with a task answer, each for its own task, "
       "and the task sees the client's address",
       here ? "the engine of " + name + " hands the port to the task there"
            : name + " has no task of the service, so it does not answer"});
  if (serving == 0) {
    warnings.push_back("no node answers: docker ward explain " + target.service->name() +
                       " tells why tasks do not run");
  } else if (!here) {
    warnings.push_back(name + " does not answer on this port; the nodes below do");
  }
  document["NextIsOneOf"] = here ? 1 : 0;
  document["Warnings"] = std::move(warnings);
  return document;
}

}  // namespace swarmward::api
