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

bool names_overlay(model::TaskSpec const& spec) {
  return std::ranges::any_of(spec.networks, [](model::NetworkAttachmentConfig const& network) {
    return !is_predefined_network(network.target);
  });
}

std::vector<model::TaskNetwork> networks_for(state::Snapshot const& snapshot,
                                             model::Task const& task) {
  std::vector<model::TaskNetwork> networks;
  auto const node = task.networks.empty() ? nullptr : snapshot.find_node(task.node_id);
  if (!node || !has_network_agent(*node)) {
    return networks;
  }
  for (auto const& [id, address] : task.networks) {
    if (auto const network = snapshot.find_network(id)) {
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
                          network->spec.attachable});
    }
  }
  return networks;
}

}  // namespace swarmward::scheduler
