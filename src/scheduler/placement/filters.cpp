#include "scheduler/placement/filters.h"

#include <algorithm>

#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

bool has_plugin(model::Node const& node, std::string_view type, std::string_view name) {
  auto const latest = std::string(name) + ":latest";
  return std::ranges::any_of(node.description.plugins, [&](model::Plugin const& plugin) {
    return plugin.type == type && (plugin.name == name || plugin.name == latest);
  });
}

bool has_plugins(NodeNeeds const& needs, model::Node const& node) {
  if ((needs.overlay && !has_network_agent(node)) || (needs.files && !can_have_files(node))) {
    return false;
  }
  bool const reports_logs = std::ranges::any_of(
      node.description.plugins, [](model::Plugin const& plugin) { return plugin.type == "Log"; });
  if (!needs.log_driver.empty() && reports_logs && !has_plugin(node, "Log", needs.log_driver)) {
    return false;
  }
  auto const has_all = [&](std::vector<std::string> const& drivers, std::string_view type) {
    return std::ranges::all_of(
        drivers, [&](std::string const& driver) { return has_plugin(node, type, driver); });
  };
  return has_all(needs.volume_drivers, "Volume") && has_all(needs.network_drivers, "Network");
}

bool meets_constraints(NodeNeeds const& needs, model::Node const& node) {
  return !needs.impossible && std::ranges::all_of(needs.constraints, [&](auto const& constraint) {
    return model::constraint_matches(constraint, node);
  });
}

std::string_view common_architecture(std::string_view name) {
  return name == "x86_64" ? "amd64" : name == "aarch64" ? "arm64" : name;
}

bool fits_platform(NodeNeeds const& needs, model::Node const& node) {
  auto const& own = node.description.platform;
  return needs.platforms.empty() ||
         std::ranges::any_of(needs.platforms, [&](model::Platform const& wanted) {
           bool const architecture =
               wanted.architecture.empty() ||
               common_architecture(wanted.architecture) == common_architecture(own.architecture);
           return architecture && (wanted.os.empty() || wanted.os == own.os);
         });
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
    {"no encryption of networks (ESP) in the kernel on 1 node",
     "no encryption of networks (ESP) in the kernel on ",
     " nodes"},
}};

std::string explain_one(std::size_t filter, unsigned count) {
  auto const& text = kExplanations.at(filter);
  if (count == 1 || text.before == nullptr) {
    return text.one;
  }
  return text.before + std::to_string(count) + text.after;
}

}  // namespace

/// Its agent lays them down, or the manager itself.
bool can_have_files(model::Node const& node) {
  return has_network_agent(node) || node.same_host;
}

std::optional<Filter> check_needs(NodeNeeds const& needs, model::Node const& node) {
  if (!has_plugins(needs, node)) {
    return Filter::Plugin;
  }
  if (needs.encrypted && !node.can_encrypt) {
    return Filter::Encryption;
  }
  if (!meets_constraints(needs, node)) {
    return Filter::Constraint;
  }
  if (!fits_platform(needs, node)) {
    return Filter::Platform;
  }
  return std::nullopt;
}

std::optional<Filter> first_failing_filter(Demand const& demand,
                                           NodeLoad const& load,
                                           std::optional<Filter> needs,
                                           std::uint64_t replicas) {
  if (!load.open) {
    return Filter::Ready;
  }
  if (!has_room(load, demand.share)) {
    return Filter::Resource;
  }
  if (needs) {
    return needs;
  }
  if (!has_free_ports(load, demand.share)) {
    return Filter::HostPort;
  }
  if (demand.max_replicas != 0 && replicas >= demand.max_replicas) {
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
