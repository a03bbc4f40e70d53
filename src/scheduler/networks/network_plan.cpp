#include "scheduler/networks/network_plan.h"

#include <algorithm>

#include "model/ward_labels.h"
#include "scheduler/allocator/endpoint_plan.h"
#include "scheduler/networks/network_members.h"
#include "scheduler/networks/plan_values.h"

namespace swarmward::scheduler {

namespace {

/// Of the tasks that serve the service's published ports, on that node or, without one, anywhere.
std::vector<std::string> ingress_backends(state::Snapshot const& snapshot,
                                          model::ServiceId const& service,
                                          model::NetworkId const& ingress,
                                          model::NodeId const* only_on) {
  std::vector<std::string> backends;
  for (auto const& task : snapshot.tasks_of(service)) {
    auto const host = snapshot.find_node(task->node_id);
    auto address = address_in(task->networks, ingress);
    if (!address.empty() && serves(*task) && host && has_network_agent(*host) &&
        (only_on == nullptr || task->node_id == *only_on)) {
      backends.push_back(std::move(address));
    }
  }
  std::ranges::sort(backends);
  return backends;
}

bool publishes_by_ingress(model::Service const& service) {
  return std::ranges::any_of(service.endpoint.ports, [](model::PortConfig const& port) {
    return port.publish_mode == model::PublishMode::Ingress;
  });
}

std::vector<model::PlannedPort> published_ports(state::Snapshot const& snapshot,
                                                model::NodeId const& node,
                                                model::NetworkId const& ingress) {
  std::vector<model::PlannedPort> ports;
  for (auto const [id, service] : snapshot.services) {
    if (!publishes_by_ingress(*service)) {
      continue;
    }
    auto const& labels = service->spec->annotations.labels;
    auto const mode = model::ingress_mode(labels);
    bool const local = mode == model::IngressMode::Local;
    auto const backends = ingress_backends(snapshot, id, ingress, local ? &node : nullptr);
    if (local && backends.empty()) {
      continue;
    }
    for (auto const& port : service->endpoint.ports) {
      if (port.publish_mode != model::PublishMode::Ingress) {
        continue;
      }
      ports.push_back({port.published_port,
                       port.target_port,
                       port.protocol,
                       backends,
                       mode,
                       model::publish_at(labels, port.published_port)});
    }
  }
  std::ranges::sort(ports, {}, [](model::PlannedPort const& port) {
    return std::pair(port.protocol, port.published_port);
  });
  return ports;
}

}  // namespace

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

model::NetworkPlan plan_networks(state::Snapshot const& snapshot, model::NodeId const& id) {
  model::NetworkPlan plan;
  auto const node = snapshot.find_node(id);
  if (!node) {
    return plan;
  }
  for (auto const& [network_id, address] : node->attachments) {
    auto const network = snapshot.find_network(network_id);
    if (!network) {
      continue;
    }
    plan.networks.push_back(plan_members(snapshot, id, *network, without_prefix(address)));
    if (network->spec.ingress) {
      plan.ingress = network_id.str();
      plan.ports = published_ports(snapshot, id, network_id);
    }
  }
  if (snapshot.cluster) {
    plan.data_path_port = snapshot.cluster->data_path_port;
    // Only to whom it concerns.
    if (std::ranges::any_of(plan.networks, &model::PlannedNetwork::encrypted)) {
      plan.host = model::data_path_of(*node);
      plan.keys = snapshot.cluster->network_keys;
    }
  }
  std::ranges::sort(plan.networks, {}, &model::PlannedNetwork::id);
  return plan;
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
                          more_subnets(*network)});
    }
  }
  return networks;
}

bool may_change_plans(state::Touched const& touched) {
  auto const task_matters = [](state::Touch<model::Task> const& touch) {
    if (touch.before && touch.after && touch.before->networks.empty()) {
      return !touch.after->networks.empty();
    }
    auto const& task = *(touch.after ? touch.after : touch.before);
    return !task.networks.empty() &&
           (!touch.before || !touch.after || touch.before->node_id != touch.after->node_id ||
            touch.before->desired_state != touch.after->desired_state ||
            touch.before->service_annotations != touch.after->service_annotations ||
            touch.before->spec != touch.after->spec ||
            touch.before->status.state != touch.after->status.state);
  };
  auto const node_matters = [](state::Touch<model::Node> const& touch) {
    return !touch.before || !touch.after || touch.before->attachments != touch.after->attachments ||
           model::data_path_of(*touch.before) != model::data_path_of(*touch.after);
  };
  auto const cluster_matters = [](state::Touch<model::Cluster> const& touch) {
    return touch.before && touch.after && touch.before->network_keys != touch.after->network_keys;
  };
  return !touched.networks.empty() || !touched.services.empty() ||
         std::ranges::any_of(touched.clusters, cluster_matters) ||
         std::ranges::any_of(touched.nodes, node_matters) ||
         std::ranges::any_of(touched.tasks, task_matters);
}

}  // namespace swarmward::scheduler
