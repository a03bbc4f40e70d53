#include <algorithm>

#include <fmt/format.h>

#include "mesh/apply/member_wires.h"
#include "mesh/apply/overlay.h"
#include "mesh/inspect/compare.h"

namespace swarmward::mesh {
namespace {

constexpr char const* kByHand = "somebody changed it by hand, or another program manages it";

Link const* link_named(std::vector<Link> const& links, std::string const& name) {
  auto const found = std::ranges::find(links, name, &Link::name);
  return found == links.end() ? nullptr : &*found;
}

/// A device that is there, up, of the right size.
void compare_device(Link const* device,
                    std::string const& name,
                    unsigned mtu,
                    std::string const& purpose,
                    Findings& findings) {
  findings.looked(3);
  if (device == nullptr) {
    findings.add("device.missing",
                 fmt::format("there is no device {}, so {}", name, purpose),
                 "it was removed by hand, or could not be made");
    return;
  }
  if (!device->up) {
    findings.add("device.down", fmt::format("{} is down, so {}", name, purpose), kByHand);
  }
  if (device->mtu != mtu) {
    findings.add(
        "device.mtu",
        fmt::format(
            "{} has MTU {} instead of {}: large packets are lost or cut", name, device->mtu, mtu),
        kByHand);
  }
}

void compare_bridge(WantedNetwork const& wanted, Link const* bridge, Findings& findings) {
  compare_device(bridge, kBridge, wanted.overlay.mtu, "members reach nobody", findings);
  findings.looked();
  if (bridge != nullptr && bridge->mac != mac_of(wanted.overlay.node)) {
    findings.add("device.mac",
                 fmt::format("{} has the hardware address {}, others send to {}",
                             kBridge,
                             to_text(bridge->mac),
                             to_text(mac_of(wanted.overlay.node))),
                 kByHand);
  }
}

void compare_vxlan(WantedNetwork const& wanted,
                   Underlay const& underlay,
                   Link const* vxlan,
                   Link const* bridge,
                   Findings& findings) {
  compare_device(vxlan, kVxlan, wanted.overlay.mtu, "nobody on another host is reached", findings);
  if (vxlan == nullptr) {
    return;
  }
  findings.looked(2);
  if (vxlan->vni != wanted.overlay.vni || vxlan->port != underlay.port) {
    findings.add("vxlan.number",
                 fmt::format("{} has VNI {} on UDP port {} instead of {} on {}",
                             kVxlan,
                             vxlan->vni.value_or(0),
                             vxlan->port,
                             wanted.overlay.vni,
                             underlay.port),
                 kByHand);
  }
  if (bridge != nullptr && vxlan->master != bridge->index) {
    findings.add(
        "vxlan.unplugged",
        fmt::format("{} is no port of {}: nobody on another host is reached", kVxlan, kBridge),
        kByHand);
  }
}

void compare_addresses(WantedNetwork const& wanted,
                       std::vector<InterfaceAddress> const& seen,
                       Findings& findings) {
  auto const has = [&](Address address) {
    return std::ranges::find(seen, address, &InterfaceAddress::address) != seen.end();
  };
  auto const& overlay = wanted.overlay;
  findings.looked(1 + overlay.vips.size());
  if (!has(overlay.node)) {
    findings.add("address.node",
                 fmt::format("this node's own address {} is not on {}: names are not answered",
                             to_text(overlay.node),
                             kBridge),
                 kByHand);
  }
  std::vector<std::string> missing;
  for (auto const vip : overlay.vips) {
    if (!has(vip)) {
      missing.push_back(with_name(*wanted.planned, vip));
    }
  }
  if (!missing.empty()) {
    findings.add("vip.address",
                 fmt::format("virtual addresses that are not on {}: {}", kBridge, listed(missing)),
                 kByHand);
  }
  std::vector<std::string> extra;
  for (auto const& [address, length] : seen) {
    bool const ours =
        address == overlay.node || std::ranges::find(overlay.vips, address) != overlay.vips.end();
    if (!ours) {
      extra.push_back(to_text(address));
    }
  }
  if (!extra.empty()) {
    findings.add("address.extra",
                 fmt::format("addresses on {} that nobody planned: {}", kBridge, listed(extra)),
                 "services that are gone, or somebody's own");
  }
}

/// Containers that the engine has wired to this network.
void compare_wires(std::string const& network,
                   AgentState const& state,
                   std::vector<Link> const& links,
                   Link const* bridge,
                   Findings& findings) {
  for (auto const& [id, endpoint] : state.endpoints) {
    auto const of = state.networks.find(endpoint.network);
    if (of == state.networks.end() || of->second.network != network) {
      continue;
    }
    findings.looked();
    auto const port = port_of_member(id);
    auto const* link = link_named(links, port);
    bool const plugged =
        link != nullptr && link->up && bridge != nullptr && link->master == bridge->index;
    if (!plugged) {
      auto const how = link == nullptr ? "is missing" : link->up ? "is unplugged" : "is down";
      findings.add(
          "wire.broken",
          fmt::format(
              "the wire {} of the container with {} {}", port, to_text(endpoint.address), how),
          "it was changed by hand, or the container ended while the engine was away",
          "if the container runs, replace its task: docker service update --force "
          "SERVICE; a container that is no task: docker network disconnect and connect");
    }
  }
}

std::vector<KernelSetting> all_overlay_settings(Backend backend, WantedNetwork const& wanted) {
  auto settings = overlay_settings();
  bool const has_vips = !wanted.planned->vips.empty();
  // IPVS would spoil the answers of a task to itself, if it saw them; nftables has a table for the
  // bridge itself where no virtual addresses need more.
  bool const hidden = backend == Backend::Ipvs       ? has_vips
                      : backend == Backend::Nftables ? wanted.ingress
                                                     : false;
  for (auto& setting : welcome_overlay_settings()) {
    if (hidden && setting.name == kBridgedFramesSetting) {
      setting.value = "0";
    }
    settings.push_back(std::move(setting));
  }
  if (backend == Backend::Ipvs && has_vips) {
    auto const more = ipvs_settings();
    settings.insert(settings.end(), more.begin(), more.end());
  }
  return settings;
}

}  // namespace

void compare_settings(std::vector<KernelSetting> const& wanted,
                      std::map<std::string, std::string> const& seen,
                      std::string const& where,
                      Findings& findings) {
  for (auto const& [name, value] : wanted) {
    auto const found = seen.find(name);
    findings.looked();
    if (found != seen.end() && found->second != value) {
      findings.add("setting",
                   fmt::format("{} is {} instead of {} in {}", name, found->second, value, where),
                   "a program that applies sysctl settings, or somebody by hand");
    }
  }
}

void compare_overlay(WantedNetwork const& wanted,
                     Underlay const& underlay,
                     AgentState const& state,
                     ObservedOverlay const& seen,
                     Findings& findings) {
  findings.looked();
  if (!seen.failure.empty()) {
    findings.add("namespace.missing",
                 "its namespace is not there: " + seen.failure,
                 "it was removed by hand, or could not be made");
    return;
  }
  auto const* bridge = link_named(seen.links, kBridge);
  auto const* vxlan = link_named(seen.links, kVxlan);
  compare_bridge(wanted, bridge, findings);
  compare_vxlan(wanted, underlay, vxlan, bridge, findings);
  compare_settings(all_overlay_settings(seen.backend, wanted),
                   seen.settings,
                   "the network's namespace",
                   findings);
  if (bridge != nullptr) {
    compare_addresses(wanted, seen.bridge_addresses, findings);
  }
  if (bridge != nullptr && vxlan != nullptr) {
    compare_peers(wanted, seen, findings);
  }
  compare_wires(wanted.planned->id, state, seen.links, bridge, findings);
}

}  // namespace swarmward::mesh
