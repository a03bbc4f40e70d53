#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace swarmward::model {

// A look at the networks of one node: what a manager asks, and what the node answers. Values only.

/// What a manager asks of a node.
struct NetworkQuestion {
  std::string plan;                   ///< The node's plan of networks now, as text.
  std::string mark;                   ///< Tells this plan from others.
  std::vector<std::string> networks;  ///< Ids of those to look at; empty: all.
  /// Where connections to this key of the kernel's maps go ("tcp . 8080", "10.0.1.5"), and the id
  /// of the network whose maps they are. Empty: not asked.
  std::string path_key;
  std::string path_network;
  bool operator==(NetworkQuestion const&) const = default;
};

/// Something that a node does not have as it must, or has and must not.
struct NetworkFinding {
  std::string kind;     ///< A fixed word for programs: "peer.no-way".
  std::string network;  ///< Its name; empty: the node as a whole.
  std::string what;     ///< What differs.
  std::string cause;    ///< What most likely led to it.
  std::string cure;     ///< What to do about it.
  bool note = false;    ///< It works all the same, only not as well as it could.
  bool operator==(NetworkFinding const&) const = default;
};

/// Where the kernel of one node sends new connections to a key.
struct NetworkPath {
  /// Connections reach the map at all: the host hands the port on, or has the virtual address.
  bool open = false;
  std::vector<std::string> targets;  ///< In the order of turns: "10.0.0.11 . 80", "10.0.1.11".
  std::uint32_t mtu = 0;             ///< Of the network on this node, in bytes; 0: not known.
  std::string node_address;          ///< This node's own in the network.
  std::string backend;  ///< What shares connections there: "nftables", "ipvs", "iptables".
  bool operator==(NetworkPath const&) const = default;
};

struct NetworkReport {
  std::string mark;                   ///< Of the plan that the node was told last.
  std::int64_t age_seconds = 0;       ///< Since it was told this plan; -1 if that is not known.
  std::vector<std::string> networks;  ///< Names of those that were looked at.
  std::int64_t looked_at = 0;         ///< How many things were compared.
  std::vector<NetworkFinding> findings;
  std::optional<NetworkPath> path;
  bool operator==(NetworkReport const&) const = default;
};

}  // namespace swarmward::model
