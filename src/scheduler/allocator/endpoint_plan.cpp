#include "scheduler/allocator/endpoint_plan.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

std::span<model::PortConfig const> wanted_ports(model::Service const& service) {
  auto const& wish = service.spec->endpoint;
  return wish ? std::span(wish->ports) : std::span<model::PortConfig const>();
}

bool has_virtual_ips(model::ServiceSpec const& spec) {
  return !spec.endpoint || spec.endpoint->mode == model::EndpointMode::Vip;
}

bool publishes_everywhere(std::span<model::PortConfig const> ports) {
  return std::ranges::any_of(ports, [](model::PortConfig const& port) {
    return port.publish_mode == model::PublishMode::Ingress;
  });
}

/// Without networks and ports the endpoint stays empty, whatever the spec.
std::optional<model::EndpointSpec> shown_spec(model::ServiceSpec const& spec) {
  bool const has_ports = spec.endpoint && !spec.endpoint->ports.empty();
  bool const has_addresses = has_virtual_ips(spec) && !spec.task.networks.empty();
  return has_ports || has_addresses ? spec.endpoint : std::nullopt;
}

model::VirtualIp const* find_virtual_ip(model::Endpoint const& endpoint, std::string_view network) {
  auto const found =
      std::ranges::find(endpoint.virtual_ips, network, &model::VirtualIp::network_id);
  return found == endpoint.virtual_ips.end() ? nullptr : &*found;
}

/// Of an overlay network it is complete only with an address.
bool is_complete(state::Snapshot const& snapshot, model::VirtualIp const& virtual_ip) {
  return !virtual_ip.address.empty() || is_without_addresses(snapshot, virtual_ip.network_id);
}

/// The networks in which the service has a virtual address, in the order of the endpoint.
std::vector<std::string> networks_with_vip(state::Snapshot const& snapshot,
                                           model::Service const& service) {
  std::vector<std::string> networks;
  if (!has_virtual_ips(*service.spec)) {
    return networks;
  }
  if (auto const ingress = ingress_network(snapshot);
      ingress && publishes_everywhere(wanted_ports(service))) {
    networks.push_back(ingress->id.str());
  }
  for (auto const& network : service.spec->task.networks) {
    if (std::ranges::find(networks, network.target) == networks.end()) {  // Some name one twice.
      networks.push_back(network.target);
    }
  }
  return networks;
}

/// Why the network gives no address.
std::string no_address_in(state::Snapshot const& snapshot, std::string const& id) {
  auto const network = snapshot.find_network(model::NetworkId(id));
  if (!network) {
    return "network " + id + " not found";
  }
  if (network->vni == 0) {
    return "network " + network->name() + " has no addresses yet" +
           (network->err.empty() ? "" : ": " + network->err);
  }
  return "no address is left in network " + network->name();
}

/// Adds the virtual addresses. Returns why not, or an empty text.
std::string add_virtual_ips(model::Endpoint& endpoint,
                            state::Snapshot const& snapshot,
                            model::Service const& service,
                            AddressBook& book) {
  for (auto const& network : networks_with_vip(snapshot, service)) {
    auto const* const known = find_virtual_ip(service.endpoint, network);
    if (is_without_addresses(snapshot, network) || (known && !known->address.empty())) {
      endpoint.virtual_ips.push_back({network, known ? known->address : std::string()});
      continue;
    }
    auto const address = book.take(model::NetworkId(network));
    if (!address) {
      for (auto const& virtual_ip : endpoint.virtual_ips) {
        if (!find_virtual_ip(service.endpoint, virtual_ip.network_id)) {
          book.give_back(model::NetworkId(virtual_ip.network_id), virtual_ip.address);
        }
      }
      return no_address_in(snapshot, network);
    }
    endpoint.virtual_ips.push_back({network, *address});
  }
  return {};
}

void add_ports(std::span<model::PortConfig const> ports, std::set<PortNumber>& taken) {
  for (auto const& port : ports) {
    if (port.published_port != 0) {
      taken.emplace(port.protocol, port.published_port);
    }
  }
}

/// What the other services have or ask for: a port named in a spec is theirs before they have it.
std::set<PortNumber> taken_by_others(state::Snapshot const& snapshot,
                                     model::ServiceId const& self) {
  std::set<PortNumber> taken;
  for (auto const& [id, service] : snapshot.services) {
    if (id != self) {
      add_ports(wanted_ports(*service), taken);
      add_ports(service->endpoint.ports, taken);
    }
  }
  return taken;
}

}  // namespace

bool is_predefined_network(std::string_view target) {
  return target == "host" || target == "bridge";
}

bool is_without_addresses(state::Snapshot const& snapshot, std::string_view target) {
  if (is_predefined_network(target)) {
    return true;
  }
  auto const network = snapshot.find_network(model::NetworkId(target));
  return network && model::is_node_local(network->spec);
}

state::NetworkPtr ingress_network(state::Snapshot const& snapshot) {
  for (auto const [id, network] : snapshot.networks) {
    if (network->spec.ingress) {
      return network;
    }
  }
  return nullptr;
}

EndpointPlan plan_endpoint(state::Snapshot const& snapshot,
                           model::Service const& service,
                           PortCursor& cursor,
                           AddressBook& book) {
  EndpointPlan plan;
  plan.endpoint.spec = shown_spec(*service.spec);
  auto const wanted = wanted_ports(service);
  if (!wanted.empty()) {
    auto ports =
        plan_ports(wanted, service.endpoint.ports, taken_by_others(snapshot, service.id), cursor);
    plan.endpoint.ports = std::move(ports.ports);
    plan.err = std::move(ports.err);
  }
  if (plan.err.empty()) {
    plan.err = add_virtual_ips(plan.endpoint, snapshot, service, book);
  }
  return plan;
}

bool is_allocated(state::Snapshot const& snapshot, model::Service const& service) {
  auto const& endpoint = service.endpoint;
  auto const& networks = service.spec->task.networks;
  // One more is that of the ingress network.
  std::set<std::string_view> named;
  for (auto const& network : networks) {
    named.insert(network.target);
  }
  auto const wanted = has_virtual_ips(*service.spec) ? named.size() : 0;
  bool const more = publishes_everywhere(wanted_ports(service));
  auto const count = endpoint.virtual_ips.size();
  return endpoint.spec == shown_spec(*service.spec) &&
         (count == wanted || (more && count == wanted + 1)) &&
         std::ranges::all_of(endpoint.virtual_ips,
                             [&](auto const& each) { return is_complete(snapshot, each); }) &&
         (wanted == 0 || std::ranges::all_of(networks,
                                             [&](auto const& network) {
                                               return find_virtual_ip(endpoint, network.target) !=
                                                      nullptr;
                                             })) &&
         satisfies_wish(endpoint.ports, wanted_ports(service));
}

std::vector<model::NetworkId> networks_of_tasks(model::Service const& service,
                                                model::Task const& task) {
  std::vector<model::NetworkId> networks;
  auto const& attached = task.spec->networks;
  for (auto const& virtual_ip : service.endpoint.virtual_ips) {
    bool const named = std::ranges::find(attached,
                                         virtual_ip.network_id,
                                         &model::NetworkAttachmentConfig::target) != attached.end();
    bool const ingress = !named && !virtual_ip.address.empty();
    if (ingress && task.endpoint && publishes_everywhere(task.endpoint->ports)) {
      networks.emplace_back(virtual_ip.network_id);
    }
  }
  for (auto const& network : attached) {
    model::NetworkId id(network.target);
    if (!is_predefined_network(network.target) &&
        std::ranges::find(networks, id) == networks.end()) {
      networks.push_back(std::move(id));
    }
  }
  return networks;
}

bool joins_networks(model::Service const& service) {
  return names_network(service.spec->task) ||
         std::ranges::any_of(service.endpoint.virtual_ips,
                             [](auto const& virtual_ip) { return !virtual_ip.address.empty(); });
}

}  // namespace swarmward::scheduler
