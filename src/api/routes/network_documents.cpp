#include "api/routes/network_documents.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/routes/network_lookup.h"
#include "wire/network.h"

namespace swarmward::api {

namespace {

using nlohmann::json;

/// Source of the length: the names that native gives to the nodes of a network.
constexpr std::size_t kPeerName = 12;

std::string without_prefix(std::string const& cidr) {
  return cidr.substr(0, cidr.find('/'));
}

/// The address among `addresses` that is in the network; empty if there is none.
template <class List>
std::string address_in(List const& addresses, model::NetworkId const& network) {
  for (auto const& address : addresses) {
    if (address.network == network) {
      return address.address;
    }
  }
  return {};
}

bool is_in(model::Service const& service, model::NetworkId const& network) {
  auto const& networks = service.spec->task.networks;
  auto const& virtual_ips = service.endpoint.virtual_ips;
  return std::ranges::any_of(networks,
                             [&](auto const& one) { return one.target == network.view(); }) ||
         std::ranges::any_of(virtual_ips,
                             [&](auto const& one) { return one.network_id == network.view(); });
}

/// The engine knows its containers, but not the addresses that the swarm gave them.
json containers_json(state::Snapshot const& snapshot,
                     model::Network const& network,
                     json const& local) {
  auto containers = local.value("Containers", json::object());
  if (!containers.is_object()) {
    containers = json::object();
  }
  auto const here = snapshot.cluster ? snapshot.cluster->manager_node : model::NodeId{};
  for (auto const& task : snapshot.tasks_on(here)) {
    if (!task->status.container) {
      continue;
    }
    auto const found = containers.find(task->status.container->container_id.str());
    if (found != containers.end() && found->is_object()) {
      (*found)["IPv4Address"] = address_in(task->networks, network.id);
    }
  }
  auto const node = snapshot.find_node(here);
  if (auto const own = node ? address_in(node->attachments, network.id) : std::string();
      !own.empty()) {
    containers[network.spec.ingress ? "ingress-sbox" : "lb-" + network.name()] = {
        {"Name", network.name() + "-endpoint"},
        {"EndpointID", ""},
        {"MacAddress", ""},
        {"IPv4Address", own},
        {"IPv6Address", ""}};
  }
  return containers;
}

json peers_json(state::Snapshot const& snapshot, model::NetworkId const& network) {
  auto peers = json::array();
  for (auto const [id, node] : snapshot.nodes) {
    if (!address_in(node->attachments, network).empty()) {
      peers.push_back({{"Name", id.view().substr(0, kPeerName)}, {"IP", node->status.addr}});
    }
  }
  return peers;
}

json tasks_json(state::Snapshot const& snapshot,
                model::Service const& service,
                model::NetworkId const& network) {
  auto tasks = json::array();
  for (auto const& task : snapshot.tasks_of(service.id)) {
    auto const address = address_in(task->networks, network);
    if (task->status.state != model::TaskState::Running || address.empty()) {
      continue;
    }
    auto const node = snapshot.find_node(task->node_id);
    tasks.push_back({{"Name", model::full_name(*task)},
                     {"EndpointID", ""},
                     {"EndpointIP", without_prefix(address)},
                     {"Info", {{"Host IP", node ? node->status.addr : std::string()}}}});
  }
  return tasks;
}

json ports_json(model::Service const& service) {
  auto ports = json::array();
  for (auto const& port : service.endpoint.ports) {
    if (port.publish_mode == model::PublishMode::Ingress) {
      ports.push_back("Target: " + std::to_string(port.target_port) +
                      ", Publish: " + std::to_string(port.published_port));
    }
  }
  return ports;
}

/// Native prints `<nil>` where there is no virtual address, which newer clients cannot read.
std::string virtual_ip_in(model::Service const& service, model::NetworkId const& network) {
  for (auto const& virtual_ip : service.endpoint.virtual_ips) {
    if (virtual_ip.network_id == network.view()) {
      return without_prefix(virtual_ip.address);
    }
  }
  return {};
}

json services_json(state::Snapshot const& snapshot, model::Network const& network) {
  auto services = json::object();
  for (auto const [id, service] : snapshot.services) {
    if (is_in(*service, network.id)) {
      services[service->name()] = {
          {"VIP", virtual_ip_in(*service, network.id)},
          {"Ports", network.spec.ingress ? ports_json(*service) : json::array()},
          {"LocalLBIndex", 0},
          {"Tasks", tasks_json(snapshot, *service, network.id)}};
    }
  }
  return services;
}

/// What is the same on all nodes stays as it is.
void show_what_the_node_has(json& document, json local) {
  remove_own_labels(local);
  for (auto const* part : {"Created", "IPAM", "EnableIPv6", "Options", "Labels", "Containers"}) {
    if (auto const found = local.find(part); found != local.end()) {
      document[part] = *found;
    }
  }
}

}  // namespace

json network_document(state::Snapshot const& snapshot,
                      model::Network const& network,
                      json const& local,
                      NetworkDetail detail) {
  auto document = wire::to_json(network);
  if (local.is_object() && model::is_node_local(network.spec)) {
    show_what_the_node_has(document, local);
  } else if (local.is_object()) {
    document["Containers"] = containers_json(snapshot, network, local);
    document["Peers"] = peers_json(snapshot, network.id);
  }
  if (detail == NetworkDetail::Services) {
    if (auto services = services_json(snapshot, network); !services.empty()) {
      document["Services"] = std::move(services);
    }
  }
  return document;
}

}  // namespace swarmward::api
