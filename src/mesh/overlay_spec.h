#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mesh/address.h"

namespace swarmward::mesh {

/// What any IPv4 host can take, and what is left of the largest packet inside VXLAN.
inline constexpr unsigned kMinMtu = 576;
inline constexpr unsigned kMaxMtu = 65485;

/// How hosts reach each other, below all overlays.
struct Underlay {
  std::uint16_t port = 4789;          ///< UDP, of every host. Source: VXLAN's own.
  std::optional<Address> local = {};  ///< Own address; the kernel's choice if absent.
};

/// A member of an overlay that is on another host.
struct OverlayPeer {
  Address address;
  Address host;
  auto operator<=>(OverlayPeer const&) const = default;
};

/// One overlay network on this host.
struct OverlaySpec {
  std::uint32_t vni = 0;
  Subnet subnet;
  Address node;  ///< This host's own address in it.
  unsigned mtu = 1450;
  std::vector<Address> vips;
  std::vector<OverlayPeer> peers;
  std::vector<Subnet> more_subnets = {};  ///< Others on the same wire.
  bool operator==(OverlaySpec const&) const = default;
};

}  // namespace swarmward::mesh
