#include "mesh/wanted.h"

#include <algorithm>

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
  auto const& planned = *wanted.planned;
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
    } else if (local.contains(*address)) {
      wanted.disputed.insert(*address);
    } else {
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

std::set<std::string> wanted_ids(AgentState const& state, model::NetworkPlan const& plan) {
  std::set<std::string> ids;
  for (auto const& [id, options] : state.networks) {
    ids.insert(options.network);
  }
  if (model::find_planned(plan, plan.ingress) != nullptr) {
    ids.insert(plan.ingress);
  }
  return ids;
}

std::optional<WantedNetwork> plan_wanted_one(AgentState const& state,
                                             model::NetworkPlan const& plan,
                                             std::string const& id,
                                             std::vector<std::string>& problems) {
  std::optional<WantedNetwork> wanted;
  auto const take = [&](model::SharedNetwork const& planned) {
    if (auto overlay = overlay_from(*planned)) {
      wanted = {.planned = planned, .overlay = std::move(*overlay)};
    } else {
      // What the engine said stands then.
      problems.push_back("network " + planned->id + " has no valid subnet, address or VNI");
    }
  };
  auto const known = find_engine_network(state, id);
  if (known) {
    take(planned_from(state.networks.at(*known)));
  }
  bool const ingress = id == plan.ingress;
  auto const* const planned = model::find_planned(plan, id);
  if (planned != nullptr && (known || ingress)) {
    take(*planned);
  }
  if (wanted && ingress) {
    wanted->ingress = true;
    if (!wanted->planned->vips.empty()) {
      wanted->planned.change([](model::PlannedNetwork& network) { network.vips.clear(); });
    }
  }
  if (wanted) {
    add_members(*wanted, local_addresses(state, id), problems);
  }
  return wanted;
}

WantedNetworks plan_wanted(AgentState const& state, model::NetworkPlan const& plan) {
  WantedNetworks result;
  for (auto const& id : wanted_ids(state, plan)) {
    if (auto wanted = plan_wanted_one(state, plan, id, result.problems)) {
      result.networks.push_back(std::move(*wanted));
    }
  }
  return result;
}

}  // namespace swarmward::mesh
