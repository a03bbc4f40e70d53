#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/apply/netlink.h"

namespace swarmward::mesh {

/// A network device as the kernel tells it.
struct Link {
  int index = 0;
  std::string name;
  std::string kind;  ///< "bridge", "vxlan", "veth"; empty for devices of hardware and lo.
  Mac mac;
  unsigned mtu = 0;
  int master = 0;  ///< Index of the bridge it is a port of, or 0.
  bool up = false;
  bool carrier = false;                   ///< Of a veth device: its other end is up, too.
  std::optional<std::uint32_t> vni = {};  ///< Of a vxlan device.
  std::uint16_t port = 0;                 ///< UDP port of a vxlan device.
  std::optional<Address> local = {};      ///< Own address of a vxlan device.
};

/// What to change of a device; what is absent stays as it is.
struct LinkChange {
  std::optional<unsigned> mtu = {};
  std::optional<Mac> mac = {};
  std::optional<int> master = {};
  std::optional<std::string> name = {};  ///< The device must be down.
  std::optional<bool> up = {};
};

struct VxlanSpec {
  std::string name;
  std::uint32_t vni = 0;
  std::uint16_t port = 4789;
  std::optional<Address> local = {};  ///< Source of what it sends; the kernel's choice if absent.
};

/// A pair of devices: what enters one leaves the other.
struct VethSpec {
  std::string name;
  std::string peer;
  unsigned mtu = 1450;
  std::optional<Mac> mac = {};  ///< Of the first; random if absent.
};

[[nodiscard]] Result<std::vector<Link>> list_links(Netlink& netlink);
/// Nothing where no device has this name.
[[nodiscard]] Result<std::optional<Link>> find_link(Netlink& netlink, std::string_view name);
/// Errors: NotFound.
[[nodiscard]] Result<Link> get_link(Netlink& netlink, std::string_view name);

/// A bridge that forwards at once and does not look into multicast.
[[nodiscard]] Result<void> make_bridge(Netlink& netlink, std::string_view name);
/// In `home`, but with its UDP socket in the namespace of `netlink`: so neither rules nor addresses
/// of `home` touch what it sends. It knows only hosts that it is told of. Errors: Conflict where
/// the VNI is taken on this host and port.
[[nodiscard]] Result<void> make_vxlan(Netlink& netlink,
                                      NetNamespace const& home,
                                      VxlanSpec const& spec);
/// The peer is made in `peer_home`.
[[nodiscard]] Result<void> make_veth(Netlink& netlink,
                                     NetNamespace const& peer_home,
                                     VethSpec const& spec);

[[nodiscard]] Result<void> change_link(Netlink& netlink, int index, LinkChange const& change);
[[nodiscard]] Result<void> move_link(Netlink& netlink, int index, NetNamespace const& where);
/// What comes from this port of a bridge may go back to it: a member that speaks to itself through
/// a virtual address.
[[nodiscard]] Result<void> set_hairpin(Netlink& netlink, int index);
/// No error where no device has this name. The other end of a veth goes with it.
[[nodiscard]] Result<void> remove_link(Netlink& netlink, std::string_view name);

}  // namespace swarmward::mesh
