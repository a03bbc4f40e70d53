#include "scheduler/placement/filters.h"

#include <algorithm>

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

namespace {

bool is_ready(NodeLoad const& load) {
  return load.node->status.state == model::NodeState::Ready &&
         load.node->spec.availability == model::Availability::Active;
}

std::int64_t offered(model::Resources const& resources, std::string const& kind) {
  std::int64_t total = 0;
  for (auto const& generic : resources.generic) {
    if (generic.kind == kind) {
      total += generic.name.empty() ? generic.count : 1;
    }
  }
  return total;
}

bool has_resources(model::Task const& task, NodeLoad const& load) {
  if (!task.spec->resources || !task.spec->resources->reservations) {
    return true;
  }
  auto const& wanted = *task.spec->resources->reservations;
  auto const& total = load.node->description.resources;
  bool const basic =
      (wanted.nano_cpus == 0 || wanted.nano_cpus <= total.nano_cpus - load.reserved_cpus) &&
      (wanted.memory_bytes == 0 ||
       wanted.memory_bytes <= total.memory_bytes - load.reserved_memory_bytes);
  return basic && std::ranges::all_of(wanted.generic, [&](model::GenericResource const& generic) {
           auto const used = load.reserved_generic.find(generic.kind);
           auto const free = offered(total, generic.kind) -
                             (used == load.reserved_generic.end() ? 0 : used->second);
           return (generic.name.empty() ? generic.count : 1) <= free;
         });
}

bool has_plugin(model::Node const& node, std::string_view type, std::string_view name) {
  auto const latest = std::string(name) + ":latest";
  return std::ranges::any_of(node.description.plugins, [&](model::Plugin const& plugin) {
    return plugin.type == type && (plugin.name == name || plugin.name == latest);
  });
}

bool has_plugins(model::Task const& task, NodeLoad const& load) {
  auto const& node = *load.node;
  auto const& driver = task.spec->log_driver;
  bool const reports_logs = std::ranges::any_of(
      node.description.plugins, [](model::Plugin const& plugin) { return plugin.type == "Log"; });
  if (driver && !driver->name.empty() && driver->name != "none" && reports_logs &&
      !has_plugin(node, "Log", driver->name)) {
    return false;
  }
  if (!task.spec->container) {
    return true;
  }
  return std::ranges::all_of(task.spec->container->mounts, [&](model::Mount const& mount) {
    bool const other_driver = mount.type == model::MountType::Volume && mount.volume &&
                              mount.volume->driver && !mount.volume->driver->name.empty() &&
                              mount.volume->driver->name != "local";
    return !other_driver || has_plugin(node, "Volume", mount.volume->driver->name);
  });
}

std::string_view common_architecture(std::string_view name) {
  return name == "x86_64" ? "amd64" : name == "aarch64" ? "arm64" : name;
}

bool fits_platform(model::Task const& task, NodeLoad const& load) {
  if (!task.spec->placement || task.spec->placement->platforms.empty()) {
    return true;
  }
  auto const& own = load.node->description.platform;
  return std::ranges::any_of(task.spec->placement->platforms, [&](model::Platform const& wanted) {
    bool const architecture =
        wanted.architecture.empty() ||
        common_architecture(wanted.architecture) == common_architecture(own.architecture);
    return architecture && (wanted.os.empty() || wanted.os == own.os);
  });
}

bool has_free_ports(model::Task const& task, NodeLoad const& load) {
  return !task.endpoint || std::ranges::none_of(task.endpoint->ports, [&](auto const& port) {
    return port.publish_mode == model::PublishMode::Host && port.published_port != 0 &&
           load.host_ports.contains({port.protocol, port.published_port});
  });
}

bool below_max_replicas(model::Task const& task, NodeLoad const& load) {
  auto const limit = task.spec->placement ? task.spec->placement->max_replicas : 0;
  auto const active = load.active_of_service.find(task.service_id);
  return limit == 0 || active == load.active_of_service.end() || active->second < limit;
}

struct Explanation {
  char const* one;
  char const* before;  ///< Around the number, where there are several nodes.
  char const* after;
};

constexpr std::array<Explanation, kFilterCount> kExplanations{{
    {"1 node not available for new tasks", "", " nodes not available for new tasks"},
    {"insufficient resources on 1 node", "insufficient resources on ", " nodes"},
    {"missing plugin on 1 node", "missing plugin on ", " nodes"},
    {"scheduling constraints not satisfied on 1 node",
     "scheduling constraints not satisfied on ",
     " nodes"},
    {"unsupported platform on 1 node", "unsupported platform on ", " nodes"},
    {"host-mode port already in use on 1 node", "host-mode port already in use on ", " nodes"},
    {"max replicas per node limit exceed", nullptr, nullptr},
}};

std::string explain_one(std::size_t filter, unsigned count) {
  auto const& text = kExplanations.at(filter);
  if (count == 1 || text.before == nullptr) {
    return text.one;
  }
  return text.before + std::to_string(count) + text.after;
}

}  // namespace

std::optional<Filter> first_failing_filter(model::Task const& task, NodeLoad const& load) {
  if (!is_ready(load)) {
    return Filter::Ready;
  }
  if (!has_resources(task, load)) {
    return Filter::Resource;
  }
  if (!has_plugins(task, load)) {
    return Filter::Plugin;
  }
  if (task.spec->placement && !satisfies(task.spec->placement->constraints, *load.node)) {
    return Filter::Constraint;
  }
  if (!fits_platform(task, load)) {
    return Filter::Platform;
  }
  if (!has_free_ports(task, load)) {
    return Filter::HostPort;
  }
  if (!below_max_replicas(task, load)) {
    return Filter::MaxReplicas;
  }
  return std::nullopt;
}

std::string explain(Rejections const& rejections) {
  std::vector<std::size_t> order;
  for (std::size_t filter = 0; filter < kFilterCount; ++filter) {
    if (rejections[filter] > 0) {
      order.push_back(filter);
    }
  }
  std::ranges::stable_sort(order, [&](auto a, auto b) { return rejections[a] > rejections[b]; });
  std::string text;
  for (auto const filter : order) {
    text += (text.empty() ? "" : "; ") + explain_one(filter, rejections[filter]);
  }
  return text;
}

}  // namespace swarmward::scheduler
