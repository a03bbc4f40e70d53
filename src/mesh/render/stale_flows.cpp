#include "mesh/render/stale_flows.h"

#include <algorithm>
#include <iterator>

namespace swarmward::mesh {
namespace {

using Filters = std::set<FlowFilter>;

std::set<Address> members(model::PlannedNetwork const& network) {
  std::set<Address> found;
  for (auto const& member : network.local) {
    found.insert(parse_address(member).value_or(Address{}));
  }
  for (auto const& peer : network.peers) {
    found.insert(parse_address(peer.address).value_or(Address{}));
  }
  return found;
}

/// One filter for each member that is no longer there.
Filters gone(model::PlannedNetwork const& previous, model::PlannedNetwork const& wanted) {
  Filters filters;
  auto const left = members(wanted);
  for (auto const address : members(previous)) {
    if (!left.contains(address)) {
      filters.insert({.answered_by = address, .asked_for = {}, .asked_port = {}, .protocol = {}});
    }
  }
  return filters;
}

/// Flows of UDP by who answers them: each backend, or the VIP itself where there is none.
Filters udp_of_vips(model::PlannedNetwork const& network) {
  Filters filters;
  for (auto const& vip : network.vips) {
    auto const asked = parse_address(vip.address).value_or(Address{});
    auto const add = [&](Address answers) {
      filters.insert({.answered_by = answers,
                      .asked_for = asked,
                      .asked_port = {},
                      .protocol = model::Protocol::Udp});
    };
    if (vip.backends.empty()) {
      add(asked);
    }
    for (auto const& backend : vip.backends) {
      add(parse_address(backend).value_or(Address{}));
    }
  }
  return filters;
}

Filters udp_of_ports(std::vector<model::PlannedPort> const& ports, Address asked) {
  Filters filters;
  for (auto const& port : ports) {
    auto const published = published_port(port);
    if (port.protocol != model::Protocol::Udp || !published) {
      continue;
    }
    auto const add = [&](Address answers) {
      filters.insert({.answered_by = answers,
                      .asked_for = {},
                      .asked_port = published->port,
                      .protocol = model::Protocol::Udp});
    };
    if (port.backends.empty()) {
      add(asked);
    }
    for (auto const& backend : port.backends) {
      add(parse_address(backend).value_or(Address{}));
    }
  }
  return filters;
}

std::vector<FlowFilter> joined(Filters all, Filters const& before, Filters const& after) {
  std::ranges::set_difference(before, after, std::inserter(all, all.end()));
  return {all.begin(), all.end()};
}

}  // namespace

std::vector<FlowFilter> plan_stale_flows(model::PlannedNetwork const& previous,
                                         model::PlannedNetwork const& wanted) {
  return joined(gone(previous, wanted), udp_of_vips(previous), udp_of_vips(wanted));
}

std::vector<FlowFilter> plan_stale_ingress_flows(IngressState const& previous,
                                                 IngressState const& wanted,
                                                 Address asked) {
  return joined(gone(previous.network, wanted.network),
                udp_of_ports(previous.ports, asked),
                udp_of_ports(wanted.ports, asked));
}

std::vector<FlowFilter> plan_stale_host_flows(std::set<Published> const& previous,
                                              std::set<Published> const& wanted) {
  std::vector<Published> changed;
  std::ranges::set_symmetric_difference(previous, wanted, std::back_inserter(changed));
  Filters filters;
  for (auto const& port : changed) {
    if (port.protocol == model::Protocol::Udp) {
      filters.insert({.answered_by = {},
                      .asked_for = {},
                      .asked_port = port.port,
                      .protocol = model::Protocol::Udp});
    }
  }
  return {filters.begin(), filters.end()};
}

}  // namespace swarmward::mesh
