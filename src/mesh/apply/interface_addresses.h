#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/apply/netlink.h"

namespace swarmward::mesh {

/// An own address of a device; the length says which others are reached without a router.
struct InterfaceAddress {
  Address address;
  unsigned length = 32;
  auto operator<=>(InterfaceAddress const&) const = default;
};

/// Gives the device these addresses of version 4 and no others. What it has already is not touched.
[[nodiscard]] Result<void> set_addresses(Netlink& netlink,
                                         int index,
                                         std::vector<InterfaceAddress> const& wanted);

[[nodiscard]] Result<std::vector<InterfaceAddress>> list_addresses(Netlink& netlink, int index);
/// Those of version 4 that the interface of that name has now; none where there is no such one.
[[nodiscard]] std::vector<Address> addresses_of(NetNamespace const& where,
                                                std::string const& interface);
[[nodiscard]] Result<void> add_address(Netlink& netlink,
                                       int index,
                                       InterfaceAddress const& address);
[[nodiscard]] Result<void> remove_address(Netlink& netlink,
                                          int index,
                                          InterfaceAddress const& address);

}  // namespace swarmward::mesh
