#include "mesh/apply/kernel_settings.h"

#include <fmt/format.h>

#include "mesh/render/ingress_rules.h"
#include "mesh/render/published_rules.h"

namespace swarmward::mesh {

/// The namespace routes between members for the sake of virtual addresses, so it must not tell them
/// of shorter ways, nor drop what comes from where it would not send it.
std::vector<KernelSetting> overlay_settings() {
  return {{"net/ipv4/ip_forward", "1"},
          {"net/ipv4/conf/all/rp_filter", "0"},
          {"net/ipv4/conf/default/rp_filter", "0"},
          {"net/ipv4/conf/all/send_redirects", "0"},
          {"net/ipv4/conf/default/send_redirects", "0"}};
}

/// Version 6 is off: else the ports themselves would speak on the members' wire. Some kernels have
/// no version 6, or no rules for bridged frames: then virtual addresses hide the client's. Refusals
/// of ports (ICMP type 3) are not throttled, unlike the other types that are by default: while the
/// agent is away, containers' resolvers learn by them that they must ask the next server.
std::vector<KernelSetting> welcome_overlay_settings() {
  return {{"net/ipv6/conf/default/disable_ipv6", "1"},
          {kBridgedFramesSetting, "1"},
          {"net/ipv4/icmp_ratemask", "6160"}};
}

/// Connections are tracked, so that tasks can see the node, and flows to servers that are gone are
/// shared anew.
std::vector<KernelSetting> ipvs_settings() {
  return {{"net/ipv4/vs/conntrack", "1"}, {"net/ipv4/vs/expire_nodest_conn", "1"}};
}

/// The host accepts 127.0.0.1 as a source on this device only, and takes part in routing at all:
/// an engine that starts later would switch it on as well.
std::vector<KernelSetting> host_link_settings() {
  return {{"net/ipv4/ip_forward", "1"},
          {fmt::format("net/ipv4/conf/{}/route_localnet", kHostDevice), "1"},
          {fmt::format("net/ipv4/conf/{}/rp_filter", kHostDevice), "0"}};
}

/// Connections come in by one device and leave by the other, and clients are anywhere.
std::vector<KernelSetting> ingress_settings() {
  return {{"net/ipv4/ip_forward", "1"},
          {"net/ipv4/conf/all/rp_filter", "0"},
          {"net/ipv4/conf/br0/rp_filter", "0"},
          {fmt::format("net/ipv4/conf/{}/rp_filter", kIngressDevice), "0"},
          {"net/ipv4/conf/all/send_redirects", "0"},
          {"net/ipv4/conf/br0/send_redirects", "0"}};
}

}  // namespace swarmward::mesh
