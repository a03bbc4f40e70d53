#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/apply/netlink.h"

namespace swarmward::mesh {

/// The kernel's table for everything that has no table of its own.
inline constexpr std::uint32_t kMainTable = 254;

struct Route {
  Subnet to;                        ///< 0.0.0.0/0 is the default route.
  std::optional<Address> via = {};  ///< Absent: what is on the device's own wire.
  int index = 0;
  std::uint32_t table = kMainTable;
  bool onlink = false;  ///< The router is on the wire although no address says so.
};

/// Which table a packet is looked up in. Lower priorities come first.
struct RoutingRule {
  std::uint32_t priority = 0;
  std::uint32_t table = kMainTable;
  std::optional<std::uint32_t> mark = {};
  std::optional<Subnet> from = {};
};

/// In the place of another one to the same subnet in that table.
[[nodiscard]] Result<void> put_route(Netlink& netlink, Route const& route);
/// No error where it is not there.
[[nodiscard]] Result<void> remove_route(Netlink& netlink, Route const& route);

/// Those of one table of version 4 that go by a router or a wire.
[[nodiscard]] Result<std::vector<Route>> list_routes(Netlink& netlink, std::uint32_t table);

/// No error where it is there already.
[[nodiscard]] Result<void> put_rule(Netlink& netlink, RoutingRule const& rule);
/// No error where it is not there.
[[nodiscard]] Result<void> remove_rule(Netlink& netlink, RoutingRule const& rule);
/// All of version 4.
[[nodiscard]] Result<std::vector<RoutingRule>> list_rules(Netlink& netlink);

}  // namespace swarmward::mesh
