#include "mesh/inspect/service_contents.h"

#include <fmt/format.h>

#include "mesh/render/published_rules.h"
#include "mesh/render/vip_chains.h"
#include "model/protocol_text.h"

namespace swarmward::mesh {
namespace {

std::string key_text(VirtualService const& service, ServiceKeys const& keys) {
  if (auto const found = keys.find(service); found != keys.end()) {
    return found->second;
  }
  return service.mark != 0 ? fmt::format("mark {:#x}", service.mark)
                           : fmt::format("{} {}:{}",
                                         model::protocol_text(service.protocol),
                                         to_text(service.address),
                                         service.port);
}

/// As nftables has backends: the port only where it is another than the client's.
std::string server_text(RealServer const& server) {
  return server.port == 0 ? to_text(server.address)
                          : fmt::format("{} . {}", to_text(server.address), server.port);
}

}  // namespace

ServiceKeys port_keys(std::vector<model::PlannedPort> const& ports, Address asked) {
  ServiceKeys keys;
  for (auto const& port : ports) {
    if (auto const published = published_port(port)) {
      keys[{.mark = 0, .protocol = port.protocol, .address = asked, .port = published->port}] =
          published_text(*published);
    }
  }
  return keys;
}

ServiceKeys vip_keys(model::PlannedNetwork const& network) {
  ServiceKeys keys;
  for (auto const& vip : network.vips) {
    if (auto const address = parse_address(vip.address)) {
      auto const text = to_text(*address);
      keys[{.mark = stream_mark(*address), .protocol = {}, .address = {}, .port = 0}] = text;
      keys[{.mark = udp_mark(*address), .protocol = {}, .address = {}, .port = 0}] = text + " udp";
    }
  }
  return keys;
}

TableContents service_contents(std::map<VirtualService, ServersInTurn> const& services,
                               ServiceKeys const& keys) {
  TableContents contents;
  auto& known = contents.sets["services"];
  auto& backends = contents.sets[kBackends];
  for (auto const& [service, servers] : services) {
    auto const key = key_text(service, keys);
    known.insert(key);
    std::size_t turn = 0;
    for (auto const& [server, weight] : servers) {
      auto const target = server_text(server);
      backends.insert(fmt::format("{} . {} : {}", key, ++turn, target));
      contents.weights[fmt::format("{} : {}", key, target)] = weight;
    }
  }
  return contents;
}

TableContents service_contents(VirtualServices const& services, ServiceKeys const& keys) {
  std::map<VirtualService, ServersInTurn> in_turn;
  for (auto const& [service, servers] : services) {
    in_turn[service].assign(servers.begin(), servers.end());
  }
  return service_contents(in_turn, keys);
}

}  // namespace swarmward::mesh
