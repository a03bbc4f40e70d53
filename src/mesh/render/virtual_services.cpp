#include "mesh/render/virtual_services.h"

#include "mesh/render/published_rules.h"
#include "mesh/render/vip_chains.h"

namespace swarmward::mesh {
namespace {

using Kind = ServiceStep::Kind;
using Servers = std::map<RealServer, std::uint32_t>;

Servers servers_of(std::vector<std::string> const& backends, std::uint16_t port) {
  Servers servers;
  for (auto const& backend : backends) {
    if (auto const address = parse_address(backend)) {
      servers[{.address = *address, .port = port}] = 1;
    }
  }
  return servers;
}

void put(VirtualServices& services, VirtualService const& service, Servers const& servers) {
  if (!servers.empty()) {
    services.emplace(service, servers);
  }
}

std::set<Address> members_of(model::PlannedNetwork const& network) {
  std::set<Address> members;
  auto const add = [&](std::string const& text) {
    if (auto const address = parse_address(text)) {
      members.insert(*address);
    }
  };
  for (auto const& member : network.local) {
    add(member);
  }
  for (auto const& peer : network.peers) {
    add(peer.address);
  }
  return members;
}

bool is_udp(VirtualService const& service) {
  return service.mark != 0 ? is_udp_mark(service.mark) : service.protocol == model::Protocol::Udp;
}

void add_steps(VirtualService const& service,
               Servers const& present,
               Servers const& wanted,
               std::vector<ServiceStep>& steps) {
  for (auto const& [server, weight] : wanted) {
    auto const found = present.find(server);
    if (found == present.end()) {
      steps.push_back({Kind::AddServer, service, server, weight});
    } else if (found->second != weight) {
      steps.push_back({Kind::SetServer, service, server, weight});
    }
  }
  for (auto const& [server, weight] : present) {
    if (!wanted.contains(server)) {
      steps.push_back({Kind::RemoveServer, service, server, 0});
    }
  }
}

}  // namespace

VirtualServices plan_vip_services(model::PlannedNetwork const& network) {
  VirtualServices services;
  for (auto const& vip : network.vips) {
    if (auto const address = parse_address(vip.address)) {
      auto const servers = servers_of(vip.backends, 0);
      for (auto const mark : {stream_mark(*address), udp_mark(*address)}) {
        put(services, {.mark = mark, .protocol = {}, .address = {}, .port = 0}, servers);
      }
    }
  }
  return services;
}

VirtualServices plan_port_services(std::vector<model::PlannedPort> const& ports, Address asked) {
  VirtualServices services;
  for (auto const& port : ports) {
    if (auto const published = published_port(port)) {
      VirtualService const service{
          .mark = 0, .protocol = port.protocol, .address = asked, .port = published->port};
      put(services,
          service,
          servers_of(port.backends, static_cast<std::uint16_t>(port.target_port)));
    }
  }
  return services;
}

VirtualServices with_draining(VirtualServices wanted,
                              VirtualServices const& present,
                              model::PlannedNetwork const& network) {
  auto const members = members_of(network);
  for (auto const& [service, servers] : present) {
    for (auto const& [server, weight] : servers) {
      if (!is_udp(service) && members.contains(server.address)) {
        wanted[service].try_emplace(server, 0);
      }
    }
  }
  return wanted;
}

std::vector<ServiceStep> plan_service_steps(VirtualServices const& present,
                                            VirtualServices const& wanted) {
  std::vector<ServiceStep> steps;
  static Servers const kNone;
  for (auto const& [service, servers] : wanted) {
    auto const found = present.find(service);
    if (found == present.end()) {
      steps.push_back({Kind::AddService, service, {}, 0});
    }
    add_steps(service, found == present.end() ? kNone : found->second, servers, steps);
  }
  for (auto const& [service, servers] : present) {
    if (!wanted.contains(service)) {
      steps.push_back({Kind::RemoveService, service, {}, 0});
    }
  }
  return steps;
}

}  // namespace swarmward::mesh
