#include "scheduler/networks/network_plan.h"

#include <algorithm>

#include "scheduler/allocator/endpoint_plan.h"
#include "scheduler/networks/plan_values.h"

namespace swarmward::scheduler {

bool has_network_agent(model::Node const& node) {
  return node.engine_name == "local" || node.access.agent_port != 0;
}

bool is_encrypted(model::Network const& network) {
  return network.spec.driver.options.contains("encrypted");
}

bool names_network(model::TaskSpec const& spec) {
  return std::ranges::any_of(spec.networks, [](model::NetworkAttachmentConfig const& network) {
    return !is_predefined_network(network.target);
  });
}

namespace {

/// How the task's service says to join the network; null if it does not name it.
model::NetworkAttachmentConfig const* wish_in(model::Network const& network,
                                              model::Task const& task) {
  auto const& wishes = task.spec->networks;
  auto const found =
      std::ranges::find(wishes, network.id.view(), &model::NetworkAttachmentConfig::target);
  return found == wishes.end() || task.service_id.empty() ? nullptr : &*found;
}

/// The names by which others on the same node find it: the agent answers for none of them.
std::vector<std::string> aliases_of(model::NetworkAttachmentConfig const& wish,
                                    model::Task const& task) {
  auto names = wish.aliases;
  names.push_back(task.service_annotations->name);
  std::vector<std::string> aliases;
  for (auto const& name : names) {
    aliases.push_back(name);
    aliases.push_back("tasks." + name);
  }
  return aliases;
}

/// Engines answer before agents do: what an overlay calls by these names would not be found.
bool is_named_by_agents(state::Snapshot const& snapshot, model::Task const& task) {
  return std::ranges::any_of(task.networks, [&](auto const& joined) {
    auto const network = snapshot.find_network(joined.network);
    return network && !network->spec.ingress && !model::is_node_local(network->spec);
  });
}

enum class NamedBy { Engine, Agents };

model::TaskNetwork node_local(state::NetworkPtr const& network,
                              model::Task const& task,
                              NamedBy names) {
  model::TaskNetwork joined;
  joined.id = network->id.str();
  joined.name = network->name();
  joined.internal = network->spec.internal;
  joined.attachable = network->spec.attachable;
  joined.node_local = std::shared_ptr<model::NetworkSpec const>(network, &network->spec);
  if (auto const* const wish = wish_in(*network, task)) {
    joined.aliases =
        names == NamedBy::Engine ? aliases_of(*wish, task) : std::vector<std::string>();
    joined.driver_options = wish->driver_options;
  }
  return joined;
}

}  // namespace

std::vector<model::TaskNetwork> networks_for(state::Snapshot const& snapshot,
                                             model::Task const& task) {
  std::vector<model::TaskNetwork> networks;
  auto const node = task.networks.empty() ? nullptr : snapshot.find_node(task.node_id);
  if (!node) {
    return networks;
  }
  auto const names = is_named_by_agents(snapshot, task) ? NamedBy::Agents : NamedBy::Engine;
  for (auto const& [id, address] : task.networks) {
    auto const network = snapshot.find_network(id);
    if (network && model::is_node_local(network->spec)) {
      networks.push_back(node_local(network, task, names));
    } else if (network && has_network_agent(*node)) {
      auto const* const wish = wish_in(*network, task);
      networks.push_back({id.str(),
                          network->name(),
                          network->vni,
                          first_subnet(*network),
                          address_in(node->attachments, id),
                          mtu_of(*network),
                          network->spec.internal,
                          network->spec.ingress,
                          without_prefix(address),
                          is_encrypted(*network),
                          node->access.resolvers,
                          more_subnets(*network),
                          network->spec.attachable,
                          wish ? wish->driver_options : model::StringMap()});
    }
  }
  return networks;
}

}  // namespace swarmward::scheduler
