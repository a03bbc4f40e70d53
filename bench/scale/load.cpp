#include "load.h"

#include <algorithm>
#include <map>

namespace swarmward::bench {

RandomBytes quick_random() {
  return [generator = std::mt19937_64(1)](std::uint8_t* data, std::size_t size) mutable {
    for (std::size_t i = 0; i < size; i += 8) {
      auto const bits = generator();
      for (std::size_t j = i; j < std::min(size, i + 8); ++j) {
        data[j] = static_cast<std::uint8_t>(bits >> 8 * (j - i));
      }
    }
  };
}

model::Node make_node(unsigned number, RandomBytes const& random) {
  model::Node node;
  node.id = new_id<model::NodeTag>(random);
  node.description.hostname = "node" + std::to_string(number);
  node.description.platform = {"x86_64", "linux"};
  node.description.resources = {std::int64_t{1} << 40, std::int64_t{1} << 40, {}};
  node.spec.annotations.labels = {{"disk", number % 2 == 0 ? "ssd" : "hdd"},
                                  {"zone", "z" + std::to_string(number / 2 % kZones)}};
  node.status.state = model::NodeState::Ready;
  node.status.addr = "10.0.0.1";
  return node;
}

model::Service make_service(unsigned number, Load const& load, RandomBytes const& random) {
  model::Service service;
  service.id = new_id<model::ServiceTag>(random);
  model::ServiceSpec spec;
  spec.annotations.name = "service" + std::to_string(number);
  spec.mode = model::Replicated{tasks_per_service(load)};
  spec.task.container.emplace().image = "nginx:alpine";
  spec.task.restart = model::RestartPolicy{model::RestartCondition::Any, Duration::zero(), {}, {}};
  if (load.rules) {
    spec.task.placement =
        model::Placement{{"node.labels.disk == ssd"}, {"node.labels.zone"}, 0, {}};
    spec.task.resources.emplace().reservations = model::Resources{0, kReservedBytes, {}};
  }
  service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
  return service;
}

unsigned tasks_per_service(Load const& load) {
  return load.tasks / load.services;
}

namespace {

template <class Counts>
bool within_one(Counts const& counts, std::size_t places) {
  auto const [least, most] =
      std::ranges::minmax_element(counts, {}, [](auto const& entry) { return entry.second; });
  return most->second - (counts.size() < places ? 0 : least->second) <= 1;
}

}  // namespace

std::optional<std::string> find_fault(state::Snapshot const& head, Load const& load) {
  std::map<std::string, std::size_t> nodes_of_zone;
  for (auto const [id, node] : head.nodes) {
    auto const& labels = node->spec.annotations.labels;
    if (!load.rules || labels.at("disk") == "ssd") {
      ++nodes_of_zone[load.rules ? labels.at("zone") : ""];
    }
  }
  std::map<model::NodeId, std::int64_t> reserved;
  for (auto const [id, service] : head.services) {
    std::map<std::string, int> zones;
    std::map<std::string, std::map<model::NodeId, int>> nodes;
    for (auto const& task : head.tasks_of(id)) {
      if (task->status.state < model::TaskState::Assigned) {
        return "a task is not placed: " + task->status.err.str();
      }
      auto const& labels = head.find_node(task->node_id)->spec.annotations.labels;
      if (load.rules && labels.at("disk") != "ssd") {
        return "a constraint is not met";
      }
      auto const zone = load.rules ? labels.at("zone") : std::string();
      ++zones[zone];
      ++nodes[zone][task->node_id];
      reserved[task->node_id] += load.rules ? kReservedBytes : 0;
    }
    if (!within_one(zones, load.rules ? kZones : 1)) {
      return "the zones are not even";
    }
    for (auto const& [zone, counts] : nodes) {
      if (!within_one(counts, nodes_of_zone[zone])) {
        return "the nodes of a zone are not even";
      }
    }
  }
  for (auto const& [id, bytes] : reserved) {
    if (bytes > head.find_node(id)->description.resources.memory_bytes) {
      return "a node has promised more than it has";
    }
  }
  return std::nullopt;
}

}  // namespace swarmward::bench
