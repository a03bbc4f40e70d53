#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace swarmward::cluster {

/// One address of a network interface of this host.
struct InterfaceAddress {
  std::string interface;
  std::string address;  ///< Without prefix length.
};

/// The global unicast addresses of the interfaces that are up; loopback and docker's own bridges
/// (docker0, docker_gwbridge) are left out, as native does.
[[nodiscard]] std::vector<InterfaceAddress> interface_addresses();

/// What `swarm init` was given for its addresses.
struct AddressRequest {
  std::string listen;     ///< "0.0.0.0:2377", "eth0", "eth0:2377".
  std::string advertise;  ///< Empty: to be chosen.
  std::string data_path;  ///< Empty: as advertised.
};

struct ChosenAddresses {
  std::string listen;     ///< ip:port.
  std::string advertise;  ///< ip, without port.
};

/// Pure: `known` are this host's addresses. Errors: InvalidArgument with native's texts, which the
/// docker CLI matches.
[[nodiscard]] Result<ChosenAddresses> choose_addresses(AddressRequest const& request,
                                                       std::vector<InterfaceAddress> const& known);

/// The same for a host that joins: without an address to advertise, managers take the one that they
/// see, and `advertise` stays empty.
[[nodiscard]] Result<ChosenAddresses> choose_member_addresses(
    AddressRequest const& request, std::vector<InterfaceAddress> const& known);

}  // namespace swarmward::cluster
