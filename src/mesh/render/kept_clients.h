#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// What it takes that tasks behind published ports see the client itself. A connection reaches a
/// task on another node by way of that node, which notes by whom it came; the task answers through
/// its own node, and that one sends the answer back to where the connection entered. Else the
/// answer would go straight to a client that never asked the task.
struct KeptClients {
  std::set<std::string> ports;         ///< Keys as "tcp . 8080"; the others hide the client.
  std::set<Address> entries;           ///< The other nodes. Empty without ports, as all else.
  std::set<Address> local;             ///< Tasks on this node that serve these ports.
  std::map<Address, Address> detours;  ///< Tasks on other nodes, and the address of their node.
  bool operator==(KeptClients const&) const = default;
};

/// Pure. `network` is the ingress network.
[[nodiscard]] KeptClients plan_kept_clients(model::PlannedNetwork const& network,
                                            std::vector<model::PlannedPort> const& ports,
                                            std::set<Address> const& nodes);

/// The mark of connections that entered by that node, and the number of the table of routes back to
/// it. Apart from the marks that pick and from the kernel's own tables.
[[nodiscard]] std::uint32_t entry_mark(Address node);

/// The zone of connection tracking for those that entered by that node.
[[nodiscard]] std::uint32_t entry_zone(Address node);

/// The map from a node's hardware address to entry_mark(), as elements of nft.
[[nodiscard]] std::vector<std::string> entry_texts(std::set<Address> const& of,
                                                   std::set<Address> const& without);
/// The same to a zone of connection tracking: two nodes may hand on the same port of the same
/// client.
[[nodiscard]] std::vector<std::string> zone_texts(std::set<Address> const& of,
                                                  std::set<Address> const& without);

}  // namespace swarmward::mesh
