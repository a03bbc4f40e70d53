#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network_plan.h"
#include "model/protocol_text.h"

namespace swarmward::model {

// How a manager tells nodes what has changed in the swarm's networks. What it says of a network is
// the same for all nodes; each of them makes its own plan of it. Values only. Addresses are text
// without a prefix.

/// A node with an address in a network.
struct PlanNode {
  std::string node;  ///< Its id.
  std::string address;
  std::string host;  ///< Where it takes the traffic of overlays.
  bool operator==(PlanNode const&) const = default;
};

/// A container with an address in a network, wherever it is.
struct PlanMember {
  std::string address;
  std::string node;          ///< The id of its node.
  bool own_servers = false;  ///< Asks servers of its own for names which no network knows.
  bool operator==(PlanMember const&) const = default;
};

/// What a network is, whoever is in it.
struct PlanHead {
  std::string name;
  std::uint32_t vni = 0;
  std::string subnet;
  std::vector<std::string> more_subnets = {};
  unsigned mtu = 1450;
  bool internal = false;
  bool encrypted = false;
  bool ingress = false;
  bool operator==(PlanHead const&) const = default;
};

/// What there is in a network, kind by kind. Each kind has a key, which is there once: the node's
/// id, the address, the name, or the published port.
struct PlanEntries {
  std::vector<PlanNode> nodes;
  std::vector<PlanMember> members;
  std::vector<PlannedVip> vips;
  std::vector<PlannedName> names;
  std::vector<PlannedName> reverse;
  std::vector<PlannedPort> ports;  ///< Of the ingress network, with the backends of all nodes.
  bool operator==(PlanEntries const&) const = default;
};

/// Keys of such entries, see plan_key().
struct PlanKeys {
  std::vector<std::string> nodes;
  std::vector<std::string> members;
  std::vector<std::string> vips;
  std::vector<std::string> names;
  std::vector<std::string> reverse;
  std::vector<std::string> ports;
  bool operator==(PlanKeys const&) const = default;
};

/// Calls `visit` with each kind of entries or keys, the same kind of all arguments.
template <class Visit, class... Kinds>
void for_each_kind(Visit const& visit, Kinds&&... kinds) {
  visit(kinds.nodes...);
  visit(kinds.members...);
  visit(kinds.vips...);
  visit(kinds.names...);
  visit(kinds.reverse...);
  visit(kinds.ports...);
}

/// What is new in one network.
struct NetworkUpdate {
  std::string id;
  bool whole = false;  ///< Whatever was known of the network before is void.
  PlanHead head;
  PlanEntries put;
  PlanKeys gone;
  /// Of all that is in the network afterwards, so that a node notices what it has missed.
  std::uint64_t sum = 0;
  bool operator==(NetworkUpdate const&) const = default;
};

/// What one node is told.
struct PlanUpdate {
  std::string mark;                   ///< Names the state that it leads to.
  std::string since;                  ///< The one that it starts from; empty: from nothing.
  std::vector<std::string> networks;  ///< The ids of all networks of the node.
  std::vector<NetworkUpdate> changes;
  std::uint32_t data_path_port = 4789;
  std::vector<NetworkKey> keys = {};  ///< All that are in use, for nodes of an encrypted network.
  bool operator==(PlanUpdate const&) const = default;
};

[[nodiscard]] inline std::string const& plan_key(PlanNode const& node) {
  return node.node;
}
[[nodiscard]] inline std::string const& plan_key(PlanMember const& member) {
  return member.address;
}
[[nodiscard]] inline std::string const& plan_key(PlannedVip const& vip) {
  return vip.address;
}
[[nodiscard]] inline std::string const& plan_key(PlannedName const& name) {
  return name.name;
}
/// "tcp/8080".
[[nodiscard]] inline std::string plan_key(PlannedPort const& port) {
  return protocol_text(port.protocol) + ("/" + std::to_string(port.published_port));
}

}  // namespace swarmward::model
