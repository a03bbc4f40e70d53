#include "scheduler/placement/demand.h"

#include "model/task_file.h"
#include "model/ward_labels.h"
#include "scheduler/allocator/endpoint_plan.h"
#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

constexpr std::string_view kNodeLabels = "node.labels.";
constexpr std::string_view kEngineLabels = "engine.labels.";

bool starts_in_any_case(std::string const& text, std::string_view prefix) {
  return state::lower_case(text.substr(0, prefix.size())) == prefix;
}

void add_drivers(model::TaskSpec const& spec, NodeNeeds& needs) {
  if (spec.log_driver && spec.log_driver->name != "none") {
    needs.log_driver = spec.log_driver->name;
  }
  if (!spec.container) {
    return;
  }
  for (auto const& mount : spec.container->mounts) {
    bool const named =
        mount.type == model::MountType::Volume && mount.volume && mount.volume->driver;
    if (named && !mount.volume->driver->name.empty() && mount.volume->driver->name != "local") {
      needs.volume_drivers.push_back(mount.volume->driver->name);
    }
  }
}

void add_placement(model::Placement const& placement, Demand& demand) {
  for (auto const& text : placement.constraints) {
    if (auto constraint = model::parse_constraint(text)) {
      demand.needs.constraints.push_back(std::move(*constraint));
    } else {
      demand.needs.impossible = true;
    }
  }
  for (auto const& descriptor : placement.spread_preferences) {
    if (starts_in_any_case(descriptor, kNodeLabels) ||
        starts_in_any_case(descriptor, kEngineLabels)) {
      demand.preferences.push_back(descriptor);
    }
  }
  demand.needs.platforms = placement.platforms;
  demand.max_replicas = placement.max_replicas;
}

/// Parts are closed by a character that none of them contains.
std::string key_of(Demand const& demand) {
  std::string key(demand.binpack ? "b" : "s");
  auto const add = [&](char kind, std::string_view text) { (key += kind).append(text) += '\0'; };
  if (demand.needs.impossible) {
    add('!', "");
  }
  for (auto const& constraint : demand.needs.constraints) {
    add(constraint.op == model::Constraint::Op::Equal ? '=' : '#', constraint.key);
    add('v', constraint.value);
  }
  for (auto const& platform : demand.needs.platforms) {
    add('a', platform.architecture);
    add('o', platform.os);
  }
  add('l', demand.needs.log_driver);
  for (auto const& driver : demand.needs.volume_drivers) {
    add('d', driver);
  }
  for (auto const& driver : demand.needs.network_drivers) {
    add('k', driver);
  }
  for (auto const& descriptor : demand.preferences) {
    add('p', descriptor);
  }
  if (demand.needs.overlay) {
    add('n', "");
  }
  if (demand.needs.files) {
    add('f', "");
  }
  if (demand.needs.encrypted) {
    add('e', "");
  }
  return key;
}

}  // namespace

Share share_of(model::Task const& task) {
  Share share;
  if (task.spec->resources && task.spec->resources->reservations) {
    auto const& reserved = *task.spec->resources->reservations;
    share.nano_cpus = reserved.nano_cpus;
    share.memory_bytes = reserved.memory_bytes;
    for (auto const& generic : reserved.generic) {
      share.generic.push_back({generic.kind, generic.name.empty() ? generic.count : 1, {}});
    }
  }
  if (task.endpoint) {
    for (auto const& port : task.endpoint->ports) {
      if (port.publish_mode == model::PublishMode::Host && port.published_port != 0) {
        share.host_ports.emplace_back(port.protocol, port.published_port);
      }
    }
  }
  return share;
}

Demand demand_of(model::Task const& task) {
  Demand demand;
  demand.share = share_of(task);
  add_drivers(*task.spec, demand.needs);
  demand.needs.overlay = names_network(*task.spec);
  demand.needs.files = task.spec->container && model::names_files(*task.spec->container);
  if (task.spec->placement) {
    add_placement(*task.spec->placement, demand);
  }
  demand.binpack = model::has_binpack(task.service_annotations->labels);
  demand.class_key = key_of(demand);
  return demand;
}

Demand demand_of(model::Task const& task, state::Snapshot const& snapshot) {
  auto demand = demand_of(task);
  auto& needs = demand.needs;
  needs.overlay = false;
  for (auto const& attached : task.spec->networks) {
    auto const network = snapshot.find_network(model::NetworkId(attached.target));
    if (network && model::is_node_local(network->spec)) {
      needs.network_drivers.push_back(network->spec.driver.name);
    } else {
      needs.overlay |= !is_predefined_network(attached.target);
      needs.encrypted |= network && is_encrypted(*network);
    }
  }
  demand.class_key = key_of(demand);
  return demand;
}

std::string spread_value(std::string const& descriptor, model::Node const& node) {
  bool const of_node = starts_in_any_case(descriptor, kNodeLabels);
  auto const& labels = of_node ? node.spec.annotations.labels : node.description.engine_labels;
  auto const key = descriptor.substr((of_node ? kNodeLabels : kEngineLabels).size());
  auto const found = labels.find(key);
  return found == labels.end() ? std::string{} : found->second;
}

}  // namespace swarmward::scheduler
