#include "mesh/apply/overlay.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/log.h"
#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/kernel_settings.h"
#include "mesh/apply/links.h"
#include "mesh/apply/member_wires.h"
#include "mesh/apply/routes.h"
#include "mesh/apply/sysctl.h"

namespace swarmward::mesh {

namespace {

Result<void> set_kernel_settings() {
  for (auto const& [name, value] : overlay_settings()) {
    if (auto set = set_sysctl(name, value); !set) {
      return set;
    }
  }
  for (auto const& [name, value] : welcome_overlay_settings()) {
    if (name == kBridgedFramesSetting) {
      continue;  // New namespaces have it so; what shares connections may need it otherwise.
    }
    if (auto const set = set_sysctl(name, value); !set) {
      room_log("mesh")->debug("overlay.setting_absent name={}", name);
    }
  }
  return {};
}

/// The namespace reaches its own addresses by this device only: so whoever looks for what is wrong
/// can ask the resolver there.
Result<void> raise_own_device(Netlink& inner) {
  auto const own = get_link(inner, "lo");
  if (!own || own->up) {
    return own ? Result<void>() : own.error();
  }
  return change_link(inner, own->index, {.up = true});
}

Result<Link> find_or_make_bridge(Netlink& inner) {
  auto const found = find_link(inner, kBridge);
  if (!found) {
    return found.error();
  }
  if (*found) {
    return **found;
  }
  if (auto const made = make_bridge(inner, kBridge); !made) {
    return made.error();
  }
  return get_link(inner, kBridge);
}

/// To the members of other subnets than the node's own.
Result<void> apply_routes(Netlink& inner, OverlaySpec const& spec, int bridge) {
  if (spec.more_subnets.empty()) {
    return {};
  }
  auto others = spec.more_subnets;
  others.push_back(spec.subnet);
  std::erase_if(others, [&](Subnet const& subnet) { return subnet.may_have(spec.node); });
  for (auto const& subnet : others) {
    if (auto put = put_route(inner, {.to = subnet, .index = bridge}); !put) {
      return put;
    }
  }
  return {};
}

Result<int> apply_bridge(Netlink& inner, OverlaySpec const& spec) {
  auto const bridge = find_or_make_bridge(inner);
  if (!bridge) {
    return bridge.error();
  }
  auto const mac = mac_of(spec.node);
  if (bridge->mtu != spec.mtu || bridge->mac != mac || !bridge->up) {
    LinkChange const change{.mtu = spec.mtu, .mac = mac, .up = true};
    if (auto const changed = change_link(inner, bridge->index, change); !changed) {
      return changed.error();
    }
  }
  auto const* const own = subnet_of(spec.node, spec.subnet, spec.more_subnets);
  std::vector<InterfaceAddress> addresses{
      {.address = spec.node, .length = own == nullptr ? spec.subnet.length : own->length}};
  for (auto const vip : spec.vips) {
    addresses.push_back({.address = vip, .length = 32});
  }
  if (auto const set = set_addresses(inner, bridge->index, addresses); !set) {
    return set.error();
  }
  if (auto const routed = apply_routes(inner, spec, bridge->index); !routed) {
    return routed.error();
  }
  return bridge->index;
}

/// The device as it should be, or nothing where it must be made.
Result<std::optional<Link>> find_fitting_vxlan(Netlink& inner,
                                               OverlaySpec const& spec,
                                               Underlay const& underlay) {
  auto const found = find_link(inner, kVxlan);
  if (!found || !*found) {
    return found;
  }
  auto const& link = **found;
  if (link.vni == spec.vni && link.port == underlay.port && link.local == underlay.local) {
    return found;
  }
  if (auto const removed = remove_link(inner, kVxlan); !removed) {
    return removed.error();
  }
  return std::optional<Link>();
}

Result<void> apply_vxlan(Netlink& inner,
                         NetNamespace const& home,
                         OverlaySpec const& spec,
                         Underlay const& underlay,
                         int bridge) {
  auto const found = find_fitting_vxlan(inner, spec, underlay);
  if (!found) {
    return found.error();
  }
  if (!*found) {
    auto host = Netlink::open();
    if (!host) {
      return host.error();
    }
    VxlanSpec const device{
        .name = kVxlan, .vni = spec.vni, .port = underlay.port, .local = underlay.local};
    // A namespace that has just gone gives its devices up a moment later.
    constexpr int kAttempts = 30;
    constexpr std::chrono::milliseconds kPause{100};
    auto made = make_vxlan(*host, home, device);
    for (int attempt = 1; !made && attempt < kAttempts; ++attempt) {
      if (made.error().code != ErrorCode::Conflict) {
        break;
      }
      std::this_thread::sleep_for(kPause);
      made = make_vxlan(*host, home, device);
    }
    if (!made) {
      return made;
    }
  }
  auto const link = get_link(inner, kVxlan);
  if (!link) {
    return link.error();
  }
  if (link->mtu == spec.mtu && link->master == bridge && link->up) {
    return {};
  }
  return change_link(inner, link->index, {.mtu = spec.mtu, .master = bridge, .up = true});
}

}  // namespace

Result<NetNamespace> apply_overlay(std::filesystem::path const& file,
                                   OverlaySpec const& spec,
                                   Underlay const& underlay) {
  auto home = NetNamespace::make(file);
  if (!home) {
    return home;
  }
  if (auto const set = home->run(&set_kernel_settings); !set) {
    return set.error();
  }
  auto inner = Netlink::open(*home);
  if (!inner) {
    return inner.error();
  }
  if (auto const raised = raise_own_device(*inner); !raised) {
    return raised.error();
  }
  auto const bridge = apply_bridge(*inner, spec);
  if (!bridge) {
    return bridge.error();
  }
  if (auto const made = apply_vxlan(*inner, *home, spec, underlay, *bridge); !made) {
    return made.error();
  }
  if (auto const plugged = plug_in_members(*inner, *bridge); !plugged) {
    return plugged.error();
  }
  if (auto const known = apply_peers(*home, spec.peers); !known) {
    return known.error();
  }
  return home;
}

Result<void> remove_overlay(std::filesystem::path const& file) {
  auto const home = NetNamespace::open(file);
  if (home) {
    // Each by itself and not only with the namespace: the kernel ends that later, and until then
    // the VNI would be taken.
    auto inner = Netlink::open(*home);
    if (!inner) {
      return inner.error();
    }
    auto const links = list_links(*inner);
    if (!links) {
      return links.error();
    }
    for (auto const& link : *links) {
      if (link.kind == "vxlan" || link.kind == "veth" || link.kind == "bridge") {
        if (auto removed = remove_link(*inner, link.name); !removed) {
          return removed;
        }
      }
    }
  }
  return NetNamespace::remove(file);
}

}  // namespace swarmward::mesh
