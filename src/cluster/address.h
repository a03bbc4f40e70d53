#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace swarmward::cluster {

struct HostPort {
  std::string host;  ///< An address or a name, without brackets.
  std::string port;  ///< Empty where none was given.
};

/// Reads "host", "host:port", "host:", "[v6]:port" or a bare IPv6 address. Errors: InvalidArgument
/// for a port that is none, with native's text.
[[nodiscard]] Result<HostPort> split_address(std::string const& text);

/// The port of managers where none is given. Source: native.
inline constexpr std::string_view kManagerPort = "2377";

/// One address of a network interface of this host.
struct InterfaceAddress {
  std::string interface;
  std::string address;  ///< Without prefix length.
  /// May be advertised without being asked for. As natively not those of loopback and of docker's
  /// own bridges (docker0, docker_gwbridge), and of version 6 only where there are none of 4.
  bool for_others = true;
};

/// The addresses of the interfaces that are up, those of version 4 first; link-local ones of
/// version 6 are left out.
[[nodiscard]] std::vector<InterfaceAddress> interface_addresses();

/// What `swarm init` was given for its addresses.
struct AddressRequest {
  std::string listen;     ///< "0.0.0.0:2377", "eth0", "eth0:2377".
  std::string advertise;  ///< The same forms; empty: to be chosen.
  std::string data_path;  ///< Empty: as advertised.
};

struct ChosenAddresses {
  std::string listen;     ///< ip:port.
  std::string advertise;  ///< ip, without port.
  std::string port;       ///< By which others reach this host's `advertise`.
  bool own = false;       ///< `advertise` is on an interface of this host.
  std::string data_path;  ///< ip; empty: as advertised.
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
