#include <algorithm>

#include "base/log.h"
#include "mesh/apply/member_wires.h"
#include "mesh/host_networks.h"

namespace swarmward::mesh {

namespace {

bool has_endpoints(AgentState const& state, std::string const& network) {
  return std::ranges::any_of(state.endpoints,
                             [&](auto const& known) { return known.second.network == network; });
}

/// Removes the endpoints of a network and returns their ids.
std::vector<std::string> forget_endpoints(AgentState& state, std::string const& network) {
  std::vector<std::string> gone;
  for (auto known = state.endpoints.begin(); known != state.endpoints.end();) {
    auto const here = known++;
    if (here->second.network == network) {
      gone.push_back(here->first);
      state.endpoints.erase(here);
    }
  }
  return gone;
}

NetworkOptions options_from(model::PlannedNetwork const& planned, OverlaySpec const& overlay) {
  return {.network = planned.id,
          .vni = overlay.vni,
          .subnet = overlay.subnet,
          .node = overlay.node,
          .mtu = overlay.mtu,
          .internal = planned.internal,
          .encrypted = planned.encrypted,
          .more_subnets = overlay.more_subnets};
}

std::vector<Subnet const*> subnets_of(OverlaySpec const& overlay) {
  std::vector<Subnet const*> all{&overlay.subnet};
  for (auto const& subnet : overlay.more_subnets) {
    all.push_back(&subnet);
  }
  return all;
}

}  // namespace

Result<void> HostNetworks::create_network(CreateNetworkRequest const& request) {
  auto const before = state_;
  if (auto const other = find_engine_network(state_, request.options.network);
      other && *other != request.network) {
    if (has_endpoints(state_, *other)) {
      return conflict("the network " + request.options.network + " is on this engine already");
    }
    // The engine has forgotten it, else it would have said so.
    state_.networks.erase(*other);
  }
  state_.networks[request.network] = request.options;
  auto made = remake(request.options.network);
  if (made) {
    made = keep_state();
  }
  if (!made) {
    state_ = before;
    auto const undone = remake(request.options.network);
    room_log("mesh")->warn("network.not_made id={} undone={}",
                           request.options.network,
                           undone ? "yes" : undone.error().message);
  }
  return made;
}

Result<void> HostNetworks::delete_network(std::string const& network) {
  auto const known = state_.networks.find(network);
  if (known == state_.networks.end()) {
    return {};
  }
  auto const ward_network = known->second.network;
  auto const* present = find_present(network);
  for (auto const& endpoint : forget_endpoints(state_, network)) {
    if (present != nullptr) {
      static_cast<void>(detach_member(present->home, endpoint));
    }
  }
  state_.networks.erase(known);
  auto const gone = remake(ward_network);
  auto kept = keep_state();
  return gone ? kept : gone;
}

Result<void> HostNetworks::adopt(CreateEndpointRequest const& request) {
  auto const* const planned = model::find_planned(plan_, request.ward_network);
  if (planned == nullptr) {
    return not_found("the network " + request.network + " is not known to its driver");
  }
  auto const& network = **planned;
  auto const overlay = overlay_from(network);
  if (!overlay) {
    return unavailable("the network " + network.id + " has no valid subnet, address or VNI");
  }
  room_log("mesh")->warn("network.adopted id={} engine_id={}", network.id, request.network);
  return create_network({.network = request.network, .options = options_from(network, *overlay)});
}

Result<void> HostNetworks::check_address(CreateEndpointRequest const& request,
                                         NetworkOptions const& options) {
  auto const text = to_text(request.address);
  auto const* const subnet = subnet_of(request.address, options.subnet, options.more_subnets);
  if (subnet == nullptr || request.address == options.node) {
    return invalid_argument("the address " + text + " is not one for members of the network");
  }
  auto const* present = find_present(request.network);
  for (auto known = state_.endpoints.begin(); known != state_.endpoints.end();) {
    auto const here = known++;
    if (here->second.network != request.network || here->second.address != request.address ||
        here->first == request.endpoint) {
      continue;
    }
    if (present != nullptr) {
      auto const attached = is_attached(present->home, here->first);
      if (!attached || *attached) {
        return conflict("the address " + text + " is in use on this host");
      }
    }
    // What is left of a container that ended while nobody watched.
    state_.endpoints.erase(here);
  }
  return {};
}

Result<EndpointAnswer> HostNetworks::create_endpoint(CreateEndpointRequest const& request) {
  if (!state_.networks.contains(request.network)) {
    if (auto const adopted = adopt(request); !adopted) {
      return adopted.error();
    }
  }
  auto const options = state_.networks.at(request.network);
  if (!request.ward_network.empty() && request.ward_network != options.network) {
    // Its address is somebody else's by now.
    return conflict("the container was made for another network of this name: make it anew");
  }
  auto const before = state_;
  if (auto const free = check_address(request, options); !free) {
    return free.error();
  }
  auto const mac = request.mac.value_or(mac_of(request.address));
  state_.endpoints[request.endpoint] = {
      .network = request.network, .address = request.address, .mac = mac};
  auto made = refresh_peers(options.network);
  if (made) {
    made = keep_state();
  }
  if (!made) {
    state_ = before;
    return made.error();
  }
  EndpointAnswer answer;
  if (!request.address_from_engine) {
    auto const* const subnet = subnet_of(request.address, options.subnet, options.more_subnets);
    answer.address = to_text(request.address) + "/" + std::to_string(subnet->length);
  }
  if (!request.mac) {
    answer.mac = to_text(mac);
  }
  return answer;
}

Result<void> HostNetworks::delete_endpoint(EndpointRequest const& request) {
  if (!state_.endpoints.contains(request.endpoint)) {
    return {};
  }
  auto const left = leave(request);
  state_.endpoints.erase(request.endpoint);
  if (auto const network = state_.networks.find(request.network);
      network != state_.networks.end()) {
    if (auto refreshed = refresh_peers(network->second.network); !refreshed) {
      return refreshed;
    }
  }
  auto kept = keep_state();
  return left ? kept : left;
}

Result<JoinAnswer> HostNetworks::join(EndpointRequest const& request) {
  auto const endpoint = state_.endpoints.find(request.endpoint);
  auto const network = state_.networks.find(request.network);
  if (endpoint == state_.endpoints.end() || network == state_.networks.end() ||
      endpoint->second.network != request.network) {
    return not_found("the endpoint " + request.endpoint + " is not known to its driver");
  }
  // Made anew if it is not there: the engine may be faster than the first pass after a start.
  if (find_present(request.network) == nullptr) {
    if (auto const made = remake(network->second.network); !made) {
      return made.error();
    }
  }
  auto const* present = find_present(request.network);
  if (present == nullptr) {
    return unavailable("the network " + network->second.network + " is not there");
  }
  auto const device = attach_member(
      present->home,
      {.endpoint = request.endpoint, .mac = endpoint->second.mac, .mtu = present->overlay.mtu});
  if (!device) {
    return device.error();
  }
  if (network->second.network == plan_.ingress && !request.sandbox.empty()) {
    sandboxes_.set({.sandbox = request.sandbox,
                    .address = endpoint->second.address,
                    .subnet = present->overlay.subnet,
                    .node = present->overlay.node});
  }
  JoinAnswer answer{.device = *device, .internal = network->second.internal};
  auto const& overlay = present->overlay;
  auto const* const own = subnet_of(endpoint->second.address, overlay.subnet, overlay.more_subnets);
  for (auto const* subnet : subnets_of(overlay)) {
    if (subnet != own) {
      answer.on_wire.push_back(*subnet);
    }
  }
  return answer;
}

Result<void> HostNetworks::leave(EndpointRequest const& request) {
  auto const* present = find_present(request.network);
  return present == nullptr ? Result<void>() : detach_member(present->home, request.endpoint);
}

}  // namespace swarmward::mesh
