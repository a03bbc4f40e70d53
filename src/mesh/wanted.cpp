#include "mesh/wanted.h"

#include <map>
#include <optional>
#include <set>

namespace swarmward::mesh {

namespace {

model::PlannedNetwork planned_from(NetworkOptions const& options) {
  model::PlannedNetwork planned;
  planned.id = options.network;
  planned.vni = options.vni;
  planned.subnet = to_text(options.subnet);
  planned.node_address = to_text(options.node);
  planned.mtu = options.mtu;
  planned.internal = options.internal;
  planned.encrypted = options.encrypted;
  for (auto const& subnet : options.more_subnets) {
    planned.more_subnets.push_back(to_text(subnet));
  }
  return planned;
}

/// Addresses of the endpoints that the engine has made in this network.
std::set<Address> local_addresses(AgentState const& state, std::string const& ward_network) {
  std::set<Address> addresses;
  for (auto const& [id, endpoint] : state.endpoints) {
    auto const network = state.networks.find(endpoint.network);
    if (network != state.networks.end() && network->second.network == ward_network) {
      addresses.insert(endpoint.address);
    }
  }
  return addresses;
}

/// Nothing where one of them is none.
std::optional<std::vector<Subnet>> subnets_from(std::vector<std::string> const& texts) {
  std::vector<Subnet> subnets;
  for (auto const& text : texts) {
    auto const subnet = parse_subnet(text);
    if (!subnet) {
      return std::nullopt;
    }
    subnets.push_back(*subnet);
  }
  return subnets;
}

void add_members(WantedNetwork& wanted,
                 std::set<Address> const& local,
                 std::vector<std::string>& problems) {
  auto const& planned = wanted.planned;
  for (auto const& vip : planned.vips) {
    if (auto const address = parse_address(vip.address)) {
      wanted.overlay.vips.push_back(*address);
    } else {
      problems.push_back("network " + planned.id + " has a bad address of a service");
    }
  }
  for (auto const& peer : planned.peers) {
    auto const address = parse_address(peer.address);
    auto const host = parse_address(peer.host);
    if (!address || !host) {
      problems.push_back("network " + planned.id + " has a member with a bad address");
    } else if (!local.contains(*address)) {
      wanted.overlay.peers.push_back({.address = *address, .host = *host});
    }
  }
}

}  // namespace

std::optional<OverlaySpec> overlay_from(model::PlannedNetwork const& planned) {
  auto const subnet = parse_subnet(planned.subnet);
  auto const node = parse_address(planned.node_address);
  bool const numbers_fit = planned.vni > 0 && planned.vni <= 0xffffff && planned.mtu >= kMinMtu &&
                           planned.mtu <= kMaxMtu;
  auto const others = subnets_from(planned.more_subnets);
  if (!subnet || !node || !others || !numbers_fit ||
      subnet_of(*node, *subnet, *others) == nullptr) {
    return std::nullopt;
  }
  return OverlaySpec{.vni = planned.vni,
                     .subnet = *subnet,
                     .node = *node,
                     .mtu = planned.mtu,
                     .vips = {},
                     .peers = {},
                     .more_subnets = *others};
}

WantedNetworks plan_wanted(AgentState const& state, model::NetworkPlan const& plan) {
  std::map<std::string, WantedNetwork> wanted;
  WantedNetworks result;
  auto const take = [&](model::PlannedNetwork const& planned) {
    if (auto overlay = overlay_from(planned)) {
      wanted[planned.id] = {.planned = planned, .overlay = std::move(*overlay)};
    } else {
      // What the engine said stands then.
      result.problems.push_back("network " + planned.id + " has no valid subnet, address or VNI");
    }
  };
  for (auto const& [id, options] : state.networks) {
    take(planned_from(options));
  }
  for (auto const& planned : plan.networks) {
    if (wanted.contains(planned.id) || planned.id == plan.ingress) {
      take(planned);
    }
  }
  for (auto& [id, network] : wanted) {
    add_members(network, local_addresses(state, id), result.problems);
    result.networks.push_back(std::move(network));
  }
  return result;
}

}  // namespace swarmward::mesh
