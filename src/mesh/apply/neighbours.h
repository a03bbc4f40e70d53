#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/apply/netlink.h"

namespace swarmward::mesh {

/// A hardware address that a device is told of for good, for one address.
struct Neighbour {
  Address address;
  Mac mac;
  auto operator<=>(Neighbour const&) const = default;
};

/// Where a vxlan device sends frames for a hardware address.
struct RemoteMac {
  Mac mac;
  Address host;
  auto operator<=>(RemoteMac const&) const = default;
};

/// Permanent neighbours of version 4; those that the kernel found itself are left out.
[[nodiscard]] Result<std::vector<Neighbour>> list_neighbours(Netlink& netlink, int index);
[[nodiscard]] Result<void> put_neighbour(Netlink& netlink, int index, Neighbour const& neighbour);
/// No error where it is not known.
[[nodiscard]] Result<void> remove_neighbour(Netlink& netlink, int index, Address address);

[[nodiscard]] Result<std::vector<RemoteMac>> list_remote_macs(Netlink& netlink, int vxlan);
[[nodiscard]] Result<void> put_remote_mac(Netlink& netlink, int vxlan, RemoteMac const& entry);
/// No error where it is not known.
[[nodiscard]] Result<void> remove_remote_mac(Netlink& netlink, int vxlan, RemoteMac const& entry);

/// Hardware addresses that a bridge is told to find behind one of its ports.
[[nodiscard]] Result<std::vector<Mac>> list_port_macs(Netlink& netlink, int port);
[[nodiscard]] Result<void> put_port_mac(Netlink& netlink, int port, Mac const& mac);
/// No error where it is not known.
[[nodiscard]] Result<void> remove_port_mac(Netlink& netlink, int port, Mac const& mac);

}  // namespace swarmward::mesh
