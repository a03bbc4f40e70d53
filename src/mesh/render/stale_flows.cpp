#include "mesh/render/stale_flows.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

namespace swarmward::mesh {
namespace {

using Filters = std::set<FlowFilter>;

/// What two lists do not share at their beginnings and ends. Lists of plans are sorted, and of
/// their thousands of values a change touches one or two.
template <class T>
struct Differing {
  Differing(std::vector<T> const& previous, std::vector<T> const& wanted) {
    auto const begin = std::ranges::mismatch(previous, wanted);
    auto const end = std::ranges::mismatch(std::make_reverse_iterator(previous.end()),
                                           std::make_reverse_iterator(begin.in1),
                                           std::make_reverse_iterator(wanted.end()),
                                           std::make_reverse_iterator(begin.in2));
    before = {begin.in1, end.in1.base()};
    after = {begin.in2, end.in2.base()};
  }

  std::span<T const> before;
  std::span<T const> after;
};

Address address_of(std::string const& member) {
  return parse_address(member).value_or(Address{});
}

/// One filter for each member that is no longer there.
Filters gone(model::PlannedNetwork const& previous, model::PlannedNetwork const& wanted) {
  Differing const local(previous.local, wanted.local);
  Differing const peers(previous.peers, wanted.peers);
  std::set<Address> left;
  std::ranges::transform(local.after, std::inserter(left, left.end()), address_of);
  std::ranges::transform(
      peers.after, std::inserter(left, left.end()), address_of, &model::PlannedPeer::address);
  Filters filters;
  auto const note = [&](std::string const& member) {
    if (auto const address = address_of(member); !left.contains(address)) {
      filters.insert({.answered_by = address, .asked_for = {}, .asked_port = {}, .protocol = {}});
    }
  };
  std::ranges::for_each(local.before, note);
  std::ranges::for_each(peers.before, note, &model::PlannedPeer::address);
  return filters;
}

/// Flows of UDP by who answers them: each backend, or the VIP itself where there is none.
Filters udp_of_vips(std::span<model::PlannedVip const> vips) {
  Filters filters;
  for (auto const& vip : vips) {
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

Filters udp_of_ports(std::span<model::PlannedPort const> ports, Address asked) {
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
  Differing const vips(previous.vips, wanted.vips);
  return joined(gone(previous, wanted), udp_of_vips(vips.before), udp_of_vips(vips.after));
}

std::vector<FlowFilter> plan_stale_ingress_flows(IngressState const& previous,
                                                 IngressState const& wanted,
                                                 Address asked) {
  Differing const ports(previous.ports, wanted.ports);
  return joined(gone(previous.network, wanted.network),
                udp_of_ports(ports.before, asked),
                udp_of_ports(ports.after, asked));
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
