#pragma once

#include <cstdint>

#include "mesh/address.h"
#include "mesh/render/chains.h"
#include "mesh/render/vip_rules.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Pure. The VIPs of a network by rules of iptables alone: a chain for each VIP, whose rules take
/// turns. Without an address of the node nobody is balanced.
[[nodiscard]] Chains plan_vip_chains(model::PlannedNetwork const& network, VipSource source);

/// Pure. What IPVS needs beside its own lists: packets for VIPs get the marks by which it knows
/// them, and tasks see the node's address, so that answers come back through IPVS.
[[nodiscard]] Chains plan_vip_marks(model::PlannedNetwork const& network);

/// The mark of packets of UDP to a VIP, and that of all others. Two, for their flows end
/// differently. VIPs of one network differ in their last three bytes.
[[nodiscard]] constexpr std::uint32_t udp_mark(Address vip) {
  return 0x40000000U | (vip.value & 0x00ffffffU);
}
[[nodiscard]] constexpr std::uint32_t stream_mark(Address vip) {
  return 0x20000000U | (vip.value & 0x00ffffffU);
}
[[nodiscard]] constexpr bool is_udp_mark(std::uint32_t mark) {
  return (mark & 0x40000000U) != 0;
}

}  // namespace swarmward::mesh
