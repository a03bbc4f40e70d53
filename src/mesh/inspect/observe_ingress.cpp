#include <algorithm>

#include "mesh/apply/forward_filter.h"
#include "mesh/inspect/observe.h"
#include "mesh/inspect/shared_look.h"
#include "mesh/render/ingress_rules.h"

namespace swarmward::mesh {
namespace {

/// All devices of a namespace, and the addresses of one of them.
void observe_end(NetNamespace const& net,
                 char const* device,
                 std::vector<Link>& links,
                 std::vector<InterfaceAddress>& addresses) {
  auto netlink = Netlink::open(net);
  if (!netlink) {
    return;
  }
  if (auto all = list_links(*netlink)) {
    links = std::move(*all);
  }
  auto const found = std::ranges::find(links, std::string(device), &Link::name);
  if (found == links.end()) {
    return;
  }
  if (auto all = list_addresses(*netlink, found->index)) {
    addresses = std::move(*all);
  }
}

}  // namespace

ObservedIngress observe_ingress(IngressPlaces const& places, ChosenBackend const& backend) {
  auto const& host = places.host;
  auto const& link = places.link;
  ObservedIngress seen;
  observe_end(host, kHostDevice, seen.host_links, seen.host_addresses);
  seen.host_settings = observe_settings(host, host_link_settings());
  auto const look = make_shared_look(backend);
  seen.published = look->published(
      host,
      {.host_side = link.host_side, .ingress_side = link.ingress_side, .ports = places.ports});
  seen.drops = find_forward_drops(host);
  seen.holders = observe_ports(host, places.ports);
  seen.absent = absent_addresses(host, places.ports);
  auto const home = NetNamespace::open(places.ingress);
  if (!home) {
    return seen;
  }
  observe_end(*home, kIngressDevice, seen.inner_links, seen.inner_addresses);
  seen.inner_settings = observe_settings(*home, ingress_settings());
  auto const frames = observe_settings(*home, {{kBridgedFramesSetting, {}}});
  seen.shared =
      look->ports(*home,
                  {.network = places.network,
                   .ports = places.planned,
                   .asked = link.ingress_side,
                   .frames = frames.empty() ? BridgedFrames::Hidden : BridgedFrames::Shown});
  return seen;
}

}  // namespace swarmward::mesh
