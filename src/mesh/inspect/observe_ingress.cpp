#include <algorithm>

#include "mesh/apply/forward_filter.h"
#include "mesh/inspect/observe.h"
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

ObservedIngress observe_ingress(NetNamespace const& host,
                                std::filesystem::path const& ingress,
                                std::set<Published> const& ports) {
  ObservedIngress seen;
  observe_end(host, kHostDevice, seen.host_links, seen.host_addresses);
  seen.host_settings = observe_settings(host, host_link_settings());
  seen.published = observe_table(host, kPublishedTable);
  seen.drops = find_forward_drops(host);
  seen.holders = observe_ports(host, ports);
  auto const home = NetNamespace::open(ingress);
  if (!home) {
    seen.shared = home.error();
    seen.isolation = home.error();
    return seen;
  }
  observe_end(*home, kIngressDevice, seen.inner_links, seen.inner_addresses);
  seen.inner_settings = observe_settings(*home, ingress_settings());
  seen.shared = observe_table(*home, kIngressTable);
  seen.isolation = observe_table(*home, kIsolationTable);
  return seen;
}

}  // namespace swarmward::mesh
