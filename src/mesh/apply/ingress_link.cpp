#include "mesh/apply/ingress_link.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/kernel_settings.h"
#include "mesh/apply/links.h"
#include "mesh/apply/routes.h"
#include "mesh/apply/sysctl.h"
#include "mesh/render/ingress_rules.h"
#include "mesh/render/published_rules.h"

namespace swarmward::mesh {
namespace {

constexpr unsigned kLinkLength = 30;
/// Of the rule that sends marked packets to the host; before all others that people usually make.
constexpr std::uint32_t kRulePriority = 90;
constexpr std::uint32_t kToHostTable = 90;

Result<void> set_all(NetNamespace const& net, std::vector<KernelSetting> const& settings) {
  return net.run([&]() -> Result<void> {
    for (auto const& [name, value] : settings) {
      if (auto set = set_sysctl(name, value); !set) {
        return set;
      }
    }
    return {};
  });
}

/// Address, size and state of one end.
Result<int> raise(Netlink& netlink, char const* name, Address address, unsigned mtu) {
  auto const device = get_link(netlink, name);
  if (!device) {
    return device.error();
  }
  LinkChange change;
  change.mtu = mtu;
  change.up = true;
  if (!device->up || device->mtu != mtu) {
    if (auto changed = change_link(netlink, device->index, change); !changed) {
      return changed.error();
    }
  }
  auto const addressed =
      set_addresses(netlink, device->index, {{.address = address, .length = kLinkLength}});
  if (!addressed) {
    return addressed.error();
  }
  return device->index;
}

RoutingRule to_host_rule(std::uint32_t mark) {
  return {.priority = kRulePriority, .table = kToHostTable, .mark = mark};
}

Result<void> route_to_host(Netlink& netlink, int index, Address host) {
  Route route;
  route.via = host;
  route.index = index;
  if (auto put = put_route(netlink, route); !put) {
    return put;
  }
  route.table = kToHostTable;
  if (auto put = put_route(netlink, route); !put) {
    return put;
  }
  if (auto put = put_rule(netlink, to_host_rule(kKeptToHostMark)); !put) {
    return put;
  }
  return put_rule(netlink, to_host_rule(kToHostMark));
}

Result<void> ensure_pair(Netlink& host,
                         Netlink& inside,
                         NetNamespace const& ingress,
                         unsigned mtu) {
  auto const outer = find_link(host, kHostDevice);
  if (!outer) {
    return outer.error();
  }
  auto const inner = find_link(inside, kIngressDevice);
  if (!inner) {
    return inner.error();
  }
  if (outer->has_value() && inner->has_value()) {
    return {};
  }
  if (auto removed = remove_link(host, kHostDevice); !removed) {
    return removed;
  }
  if (auto removed = remove_link(inside, kIngressDevice); !removed) {
    return removed;
  }
  VethSpec spec;
  spec.name = kHostDevice;
  spec.peer = kIngressDevice;
  spec.mtu = mtu;
  return make_veth(host, ingress, spec);
}

}  // namespace

Result<IngressLink> plan_ingress_link(Subnet const& subnet) {
  if (subnet.length != kLinkLength) {
    return invalid_argument(
        fmt::format("{}/{}: the ingress link needs a /30", to_text(subnet.base), subnet.length));
  }
  return IngressLink{.host_side = {subnet.base.value + 1}, .ingress_side = {subnet.base.value + 2}};
}

Result<void> ensure_ingress_link(NetNamespace const& host,
                                 NetNamespace const& ingress,
                                 IngressLink const& link,
                                 unsigned mtu) {
  auto outside = Netlink::open(host);
  if (!outside) {
    return outside.error();
  }
  auto inside = Netlink::open(ingress);
  if (!inside) {
    return inside.error();
  }
  if (auto made = ensure_pair(*outside, *inside, ingress, mtu); !made) {
    return made;
  }
  auto const outer = raise(*outside, kHostDevice, link.host_side, mtu);
  if (!outer) {
    return outer.error();
  }
  auto const inner = raise(*inside, kIngressDevice, link.ingress_side, mtu);
  if (!inner) {
    return inner.error();
  }
  if (auto routed = route_to_host(*inside, *inner, link.host_side); !routed) {
    return routed;
  }
  if (auto set = set_all(host, host_link_settings()); !set) {
    return set;
  }
  return set_all(ingress, ingress_settings());
}

Result<void> remove_ingress_link(NetNamespace const& host, NetNamespace const* ingress) {
  auto outside = Netlink::open(host);
  if (!outside) {
    return outside.error();
  }
  auto removed = remove_link(*outside, kHostDevice);
  if (ingress == nullptr) {
    return removed;
  }
  auto inside = Netlink::open(*ingress);
  if (!inside) {
    return inside.error();
  }
  for (auto const mark : {kToHostMark, kKeptToHostMark}) {
    auto const ruled = remove_rule(*inside, to_host_rule(mark));
    if (removed && !ruled) {
      removed = ruled;
    }
  }
  return removed;
}

}  // namespace swarmward::mesh
