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
  bool operator==(NetworkSpec const&) const = default;
};

/// An overlay network of the swarm.
struct Network {
  NetworkId id;
  Meta meta;
  NetworkSpec spec;

  // Written by the allocator.
  std::uint32_t vni = 0;         ///< Tells networks apart on the wire. 0: not allocated yet.
  std::vector<IpamConfig> ipam;  ///< The ranges it has, with their gateways.
  std::string err;               ///< Why it cannot be allocated.

  [[nodiscard]] std::string const& name() const { return spec.annotations.name; }
};

/// An address of a task or a node in a network.
struct NetworkAddress {
  NetworkId network;
  std::string address;  ///< CIDR: "10.0.1.5/24".
  bool operator==(NetworkAddress const&) const = default;
};

}  // namespace swarmward::model
