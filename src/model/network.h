#pragma once

#include "model/common.h"

namespace swarmward::model {

/// A range of addresses of a network, as asked for or as given. CIDR and addresses as text.
struct IpamConfig {
  std::string subnet;
  std::string range;  ///< Part of the subnet from which addresses are handed out; empty: all of it.
  std::string gateway;
  StringMap auxiliary;  ///< Addresses that are not handed out, by a name of the user's.
  bool operator==(IpamConfig const&) const = default;
};

/// What a network of the swarm shall be: the user's words.
struct NetworkSpec {
  Annotations annotations;
  Driver driver;  ///< An empty name means overlay.
  bool ipv6 = false;
  bool internal = false;    ///< No way out of it.
  bool attachable = false;  ///< Containers that are no tasks may join.
  bool ingress = false;     ///< The one network over which published ports are answered.
  std::optional<Driver> ipam_driver;
  std::vector<IpamConfig> ipam;
  /// The network of each node's own, made with --config-only, that a node-local one is made after.
  std::string config_from;
  bool operator==(NetworkSpec const&) const = default;
};

/// Each node's engine makes it for itself, with a driver that knows of no other node (bridge,
/// macvlan): the swarm gives it neither a number nor addresses.
[[nodiscard]] inline bool is_node_local(NetworkSpec const& spec) {
  return !spec.driver.name.empty() && spec.driver.name != "overlay";
}

/// A network of the swarm.
struct Network {
  NetworkId id;
  Meta meta;
  NetworkSpec spec;

  // Written by the allocator.
  std::uint32_t vni = 0;         ///< Tells overlays apart on the wire. 0: not allocated yet.
  std::vector<IpamConfig> ipam;  ///< The ranges it has, with their gateways.
  std::string err;               ///< Why it cannot be allocated.

  [[nodiscard]] std::string const& name() const { return spec.annotations.name; }
};

/// An address of a task or a node in a network.
struct NetworkAddress {
  NetworkId network;
  std::string address;  ///< CIDR: "10.0.1.5/24". Empty in a node-local network.
  bool operator==(NetworkAddress const&) const = default;
};

}  // namespace swarmward::model
