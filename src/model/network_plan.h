#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/network.h"
#include "model/service.h"
#include "model/shared.h"

namespace swarmward::model {

// What one node must know of the swarm's networks: made by the manager from tasks and services,
// turned into kernel state and answers to names by the node. Values only; lists are sorted, so that
// equal plans are equal bytes. Addresses are text without a prefix unless said otherwise.

/// An address of a network that is on another node.
struct PlannedPeer {
  std::string address;
  std::string host;  ///< Where that node takes the traffic of overlays.
  /// That node's own address in the network: equal to `address` where that is the node itself.
  /// Empty if it has none (yet).
  std::string via = {};
  bool operator==(PlannedPeer const&) const = default;
};

/// A virtual address behind which tasks share the traffic, whatever port and protocol.
struct PlannedVip {
  std::string address;
  std::vector<std::string> backends;
  bool operator==(PlannedVip const&) const = default;
};

/// What a name of a network resolves to, all of it, in any order.
struct PlannedName {
  std::string name;  ///< Lower case, without the network's name.
  std::vector<std::string> addresses;
  bool operator==(PlannedName const&) const = default;
};

/// One overlay network of which this node has a member.
struct PlannedNetwork {
  std::string id;
  std::string name;
  std::uint32_t vni = 0;                       ///< Tells apart the networks on the wire; 24 bits.
  std::string subnet;                          ///< "10.0.1.0/24".
  std::vector<std::string> more_subnets = {};  ///< Others on the same wire.
  std::string node_address;                    ///< This node's own address in it.
  unsigned mtu = 1450;                         ///< Of the members' interfaces, in bytes.
  bool internal = false;
  bool encrypted = false;          ///< Between nodes nothing of it goes in clear.
  std::vector<std::string> local;  ///< Addresses of members on this node.
  /// Those of them that ask servers of their own for names which no network knows.
  std::vector<std::string> own_servers;
  std::vector<PlannedPeer> peers;
  std::vector<PlannedVip> vips;
  std::vector<PlannedName> names;
  /// The names of addresses, for reverse look-ups: one name each.
  std::vector<PlannedName> reverse;
  bool operator==(PlannedNetwork const&) const = default;
};

/// A network of the swarm as one task joins it, with what the node's engine must be told of it.
struct TaskNetwork {
  std::string id;
  std::string name;
  std::uint32_t vni = 0;
  std::string subnet;
  std::string node_address;  ///< The node's own; names are asked there.
  unsigned mtu = 1450;
  bool internal = false;
  bool ingress = false;
  std::string address;  ///< The task's.
  bool encrypted = false;
  /// Asked for names when the node's agent is not there, unless the task has servers of its own.
  std::vector<std::string> resolvers = {};
  std::vector<std::string> more_subnets = {};  ///< Others on the same wire.
  bool attachable = false;  ///< Containers that are no tasks may join, and name it as users do.
  StringMap driver_options = {};  ///< Of the task's place there, for its driver or the engine.
  /// Of a node-local network what its engine makes it of, and the names that the engine gives the
  /// task there; null in an overlay, whose names agents know. Shared with the state.
  std::shared_ptr<NetworkSpec const> node_local = nullptr;
  std::vector<std::string> aliases = {};
  bool operator==(TaskNetwork const&) const = default;
};

/// Whom tasks see as the source of what comes by a published port.
enum class IngressMode {
  Snat,      ///< The node that the client asked, as in swarm mode.
  Preserve,  ///< The client.
  Local,     ///< The client; only nodes with a task of the service answer.
};

/// A port that every node answers on, for tasks anywhere.
struct PlannedPort {
  std::uint32_t published_port = 0;
  std::uint32_t target_port = 0;
  Protocol protocol = Protocol::Tcp;
  std::vector<std::string> backends;  ///< Addresses in the ingress network.
  IngressMode mode = IngressMode::Snat;
  /// The node's addresses and interfaces that answer; empty: all.
  std::vector<std::string> at = {};
  bool operator==(PlannedPort const&) const = default;
};

/// A key of the swarm for encrypted overlays, from which nodes derive those of each pair of them.
/// Secret: never shown, logged or kept in clear on disk.
struct NetworkKey {
  std::uint32_t number = 0;  ///< Each is newer than the one before, by one.
  std::string secret;        ///< Hexadecimal.
  bool operator==(NetworkKey const&) const = default;
};

/// Of a plan's networks few change with it.
using SharedNetwork = Shared<PlannedNetwork>;

struct NetworkPlan {
  std::vector<SharedNetwork> networks;  ///< By id.
  std::string ingress;  ///< Id of the network over which published ports are answered; or empty.
  std::vector<PlannedPort> ports;
  /// UDP, the same on all nodes. Source of the default: VXLAN's own.
  std::uint32_t data_path_port = 4789;
  /// What other nodes take for this one's address, and the keys that are in use, oldest first: both
  /// only where a network is encrypted. Nodes understand all keys and speak by the last but one,
  /// which so is known everywhere before anybody uses it.
  std::string host = {};
  std::vector<NetworkKey> keys = {};
  bool operator==(NetworkPlan const&) const = default;
};

/// Null where the plan does not name it. Valid as long as the plan is.
[[nodiscard]] inline SharedNetwork const* find_planned(NetworkPlan const& plan,
                                                       std::string_view id) {
  auto const found = std::ranges::find(plan.networks, id, [](SharedNetwork const& network) {
    return std::string_view(network->id);
  });
  return found == plan.networks.end() ? nullptr : &*found;
}

}  // namespace swarmward::model
