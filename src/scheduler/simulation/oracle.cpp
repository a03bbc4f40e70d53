#include "scheduler/simulation/oracle.h"

#include <algorithm>
#include <map>
#include <set>

#include "model/constraint.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;

namespace {

struct Sum {
  std::int64_t cpus = 0;
  std::int64_t memory_bytes = 0;
  std::map<std::string, std::int64_t> generic;
  std::multiset<std::pair<model::Protocol, std::uint32_t>> ports;
};

void add(Sum& sum, model::Task const& task) {
  if (task.spec->resources && task.spec->resources->reservations) {
    auto const& wanted = *task.spec->resources->reservations;
    sum.cpus += wanted.nano_cpus;
    sum.memory_bytes += wanted.memory_bytes;
    for (auto const& generic : wanted.generic) {
      sum.generic[generic.kind] += generic.name.empty() ? generic.count : 1;
    }
  }
  if (task.endpoint) {
    for (auto const& port : task.endpoint->ports) {
      if (port.publish_mode == model::PublishMode::Host && port.published_port != 0) {
        sum.ports.emplace(port.protocol, port.published_port);
      }
    }
  }
}

std::int64_t has_of(model::Resources const& resources, std::string const& kind) {
  std::int64_t total = 0;
  for (auto const& generic : resources.generic) {
    total += generic.kind != kind ? 0 : generic.name.empty() ? generic.count : 1;
  }
  return total;
}

/// Only what the task itself asks for: a node that shrank may be overloaded by others.
std::string exceeded(Sum const& sum, model::Task const& task, model::Node const& node) {
  Sum own;
  add(own, task);
  auto const& has = node.description.resources;
  if (own.cpus > 0 && sum.cpus > has.nano_cpus) {
    return "cpus";
  }
  if (own.memory_bytes > 0 && sum.memory_bytes > has.memory_bytes) {
    return "memory";
  }
  for (auto const& [kind, count] : own.generic) {
    if (count > 0 && sum.generic.at(kind) > has_of(has, kind)) {
      return kind;
    }
  }
  for (auto const& port : own.ports) {
    if (sum.ports.count(port) > 1) {
      return "host port";
    }
  }
  return {};
}

std::uint64_t limit_of(model::Task const& task) {
  return task.spec->placement ? task.spec->placement->max_replicas : 0;
}

/// Counts against the limit of replicas per node. Not so a task that is replaced.
bool is_of_limit(model::Task const& other, model::Task const& task) {
  bool const replaced = task.slot != 0 && other.slot == task.slot;
  return other.service_id == task.service_id && other.desired_state <= TaskState::Complete &&
         !replaced;
}

std::uint64_t others_of_limit(state::Snapshot const& head,
                              model::Task const& task,
                              model::Node const& node) {
  auto const tasks = head.tasks_on(node.id);
  return static_cast<std::uint64_t>(std::ranges::count_if(tasks, [&](auto const& other) {
    return other->id != task.id && is_on_node(*other) && is_of_limit(*other, task);
  }));
}

}  // namespace

bool is_on_node(model::Task const& task) {
  return task.status.state >= TaskState::Assigned && task.status.state <= TaskState::Running;
}

bool suits(model::Task const& task, model::Node const& node) {
  if (node.status.state != model::NodeState::Ready ||
      node.spec.availability != model::Availability::Active) {
    return false;
  }
  if (!task.spec->placement) {
    return true;
  }
  auto const& placement = *task.spec->placement;
  bool const meets = std::ranges::all_of(placement.constraints, [&](std::string const& text) {
    auto const constraint = model::parse_constraint(text);
    return constraint && model::constraint_matches(*constraint, node);
  });
  auto const amd = [](std::string const& name) { return name == "amd64" || name == "x86_64"; };
  auto const& own = node.description.platform;
  return meets && (placement.platforms.empty() ||
                   std::ranges::any_of(placement.platforms, [&](model::Platform const& wanted) {
                     bool const same = wanted.architecture == own.architecture ||
                                       (amd(wanted.architecture) && amd(own.architecture));
                     return same && wanted.os == own.os;
                   }));
}

std::string overload(state::Snapshot const& head,
                     model::Task const& task,
                     model::Node const& node) {
  Sum sum;
  add(sum, task);
  // The old and the new task of a slot count once: the one makes room for the other.
  std::set<model::Slot> slots;
  for (auto const& other : head.tasks_on(node.id)) {
    if (other->id == task.id || !is_on_node(*other)) {
      continue;
    }
    add(sum, *other);
    // One that was let in by the other limit of another version, perhaps in the same commit, is no
    // fault of this task.
    bool const same_limit = limit_of(*other) == limit_of(task);
    if (same_limit && is_of_limit(*other, task)) {
      slots.insert(other->slot);
    }
  }
  auto const limit = limit_of(task);
  if (limit != 0 && slots.size() + 1 > limit) {
    return "replicas per node";
  }
  return exceeded(sum, task, node);
}

bool could_take(state::Snapshot const& head, model::Task const& task, model::Node const& node) {
  bool const elsewhere = !task.node_id.empty() && task.node_id != node.id;
  auto const limit = limit_of(task);
  bool const below = limit == 0 || others_of_limit(head, task, node) < limit;
  return !elsewhere && below && suits(task, node) && overload(head, task, node).empty();
}

}  // namespace swarmward::scheduler::simulation
