#include "scheduler/placement/reason_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "model/protocol_text.h"
#include "scheduler/placement/cluster_load.h"

namespace swarmward::scheduler {

namespace {

std::string number(double value, char const* unit) {
  std::array<char, 64> text{};
  auto const digits = std::abs(value - std::round(value)) < 0.005 ? 0 : 2;
  std::snprintf(text.data(), text.size(), "%.*f%s", digits, value, unit);
  return text.data();
}

std::string cpus(std::int64_t nano_cpus) {
  return number(static_cast<double>(nano_cpus) / 1e9, "");
}

std::string bytes(std::int64_t count) {
  constexpr std::array<char const*, 4> kUnits{" B", " KiB", " MiB", " GiB"};
  auto value = static_cast<double>(count);
  std::size_t unit = 0;
  while (std::abs(value) >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return number(value, kUnits.at(unit));
}

void add(std::string& text, std::string const& more) {
  text += (text.empty() ? "" : "; ") + more;
}

std::int64_t count_of(std::vector<model::GenericResource> const& all, std::string const& kind) {
  std::int64_t total = 0;
  for (auto const& each : all) {
    if (each.kind == kind) {
      total += each.name.empty() ? each.count : 1;
    }
  }
  return total;
}

std::string ready_text(model::Node const& node) {
  if (node.status.state != model::NodeState::Ready) {
    auto const down = node.status.state == model::NodeState::Down;
    return std::string(down ? "is down" : "is not ready") +
           (node.status.message.empty() ? "" : ": " + node.status.message);
  }
  return node.spec.availability == model::Availability::Drain ? "is drained" : "is paused";
}

std::string resource_text(Share const& share, NodeLoad const& load) {
  std::string text;
  auto const free_cpus = load.total_cpus - load.reserved_cpus;
  if (share.nano_cpus > free_cpus) {
    add(text,
        "the task reserves " + cpus(share.nano_cpus) + " CPUs, " + cpus(free_cpus) + " of " +
            cpus(load.total_cpus) + " are free");
  }
  auto const free_bytes = load.total_memory_bytes - load.reserved_memory_bytes;
  if (share.memory_bytes > free_bytes) {
    add(text,
        "the task reserves " + bytes(share.memory_bytes) + " of memory, " + bytes(free_bytes) +
            " of " + bytes(load.total_memory_bytes) + " are free");
  }
  for (auto const& wanted : share.generic) {
    auto const all = count_of(load.node->description.resources.generic, wanted.kind);
    auto const left = all - count_of(load.generic, wanted.kind);
    if (wanted.count > left) {
      add(text,
          "the task reserves " + std::to_string(wanted.count) + " " + wanted.kind + ", " +
              std::to_string(left) + " of " + std::to_string(all) + " are free");
    }
  }
  return text;
}

std::string constraint_text(NodeNeeds const& needs, model::Node const& node) {
  std::string text;
  for (auto const& constraint : needs.constraints) {
    if (!model::constraint_matches(constraint, node)) {
      bool const equal = constraint.op == model::Constraint::Op::Equal;
      add(text, constraint.key + (equal ? " == " : " != ") + constraint.value + " does not hold");
    }
  }
  return needs.impossible ? "a constraint cannot be read, so no node satisfies it" : text;
}

std::string plugin_text(NodeNeeds const& needs, model::Node const& node) {
  if (needs.files && !can_have_files(node)) {
    return "it has no agent of Swarmward, which the task's secrets and configs need";
  }
  std::string text = "its engine lacks a plugin that the task needs:";
  for (auto const& driver : needs.volume_drivers) {
    text += " volume driver " + driver;
  }
  for (auto const& driver : needs.network_drivers) {
    text += " network driver " + driver;
  }
  return needs.log_driver.empty() ? text : text + " log driver " + needs.log_driver;
}

std::string platform_text(NodeNeeds const& needs, model::Node const& node) {
  auto const name = [](model::Platform const& platform) {
    return (platform.os.empty() ? "any" : platform.os) + "/" +
           (platform.architecture.empty() ? "any" : platform.architecture);
  };
  std::string wanted;
  for (auto const& platform : needs.platforms) {
    wanted += (wanted.empty() ? "" : ", ") + name(platform);
  }
  return "is " + name(node.description.platform) + ", the image is for " + wanted;
}

/// The name of the task that holds the port on the node; empty if none of the swarm does.
std::string holder_of(PublishedPort const& port,
                      model::NodeId const& node,
                      state::Snapshot const& snapshot) {
  for (auto const& task : snapshot.tasks_on(node)) {
    auto const held = share_held(*task);
    if (held && std::ranges::find(held->host_ports, port) != held->host_ports.end()) {
      return model::display_name(*task);
    }
  }
  return {};
}

std::string port_text(Share const& share, NodeLoad const& load, state::Snapshot const& snapshot) {
  auto const taken = [](std::vector<PublishedPort> const& ports, PublishedPort const& port) {
    return std::ranges::find(ports, port) != ports.end();
  };
  std::string text;
  for (auto const& port : share.host_ports) {
    if (!taken(load.host_ports, port) && !taken(load.foreign_ports, port)) {
      continue;
    }
    auto const holder = holder_of(port, load.node->id, snapshot);
    add(text,
        "port " + std::to_string(port.second) + "/" + model::protocol_text(port.first) +
            " is in use by " + (holder.empty() ? "something outside the swarm" : "task " + holder));
  }
  return text;
}

}  // namespace

std::string filter_word(Filter filter) {
  constexpr std::array<char const*, kFilterCount> kWords{"ready",
                                                         "resource",
                                                         "plugin",
                                                         "constraint",
                                                         "platform",
                                                         "host-port",
                                                         "max-replicas",
                                                         "encryption"};
  return kWords.at(static_cast<std::size_t>(filter));
}

std::string reason_text(Filter filter,
                        Demand const& demand,
                        NodeLoad const& load,
                        std::uint64_t replicas,
                        state::Snapshot const& snapshot) {
  switch (filter) {
    case Filter::Ready:
      return ready_text(*load.node);
    case Filter::Resource:
      return resource_text(demand.share, load);
    case Filter::Plugin:
      return plugin_text(demand.needs, *load.node);
    case Filter::Constraint:
      return constraint_text(demand.needs, *load.node);
    case Filter::Platform:
      return platform_text(demand.needs, *load.node);
    case Filter::HostPort:
      return port_text(demand.share, load, snapshot);
    case Filter::MaxReplicas:
      return "has " + std::to_string(replicas) + " tasks of the service, the limit per node is " +
             std::to_string(demand.max_replicas);
    case Filter::Encryption:
      return "its kernel cannot encrypt networks: it lacks ESP with AES-GCM";
  }
  return {};
}

}  // namespace swarmward::scheduler
