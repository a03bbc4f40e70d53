#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mesh/address.h"

namespace swarmward::mesh {

// What the engine asks its network driver, read from the JSON that it sends. Everything here is
// from outside: sizes and forms are checked, and nothing is taken over unchecked. Source of the
// names: the engine's protocol of remote network drivers.

/// Larger requests are refused; the engine's largest has all published ports of one container.
inline constexpr std::size_t kMaxRequestBytes = 1'048'576;

/// An overlay as its creator describes it, by options of the engine's network.
struct NetworkOptions {
  std::string network;  ///< Id of the swarm's network, "ward.network".
  std::uint32_t vni = 0;
  Subnet subnet;
  Address node;  ///< This host's own address in it.
  unsigned mtu = 1450;
  bool internal = false;
  bool encrypted = false;                 ///< "ward.encrypted", whatever its value.
  std::vector<Subnet> more_subnets = {};  ///< Others on the same wire: "ward.more-subnets".
  bool operator==(NetworkOptions const&) const = default;
};

struct CreateNetworkRequest {
  std::string network;  ///< The engine's id of it, as in all requests.
  NetworkOptions options;
};

struct CreateEndpointRequest {
  std::string network;
  std::string endpoint;
  Address address;
  /// Of the engine's own allocator: it must not be told again.
  bool address_from_engine = false;
  std::optional<Mac> mac;    ///< Given by the user, else absent.
  std::string ward_network;  ///< "ward.network"; empty if not given.
};

/// Of DeleteNetwork, with an empty endpoint, and of all about one endpoint.
struct EndpointRequest {
  std::string network;
  std::string endpoint;
  std::string sandbox = {};  ///< Join only: the path that keeps the container's network namespace.
};

/// Errors of all: InvalidArgument.
[[nodiscard]] Result<CreateNetworkRequest> create_network_from(std::string_view body);
[[nodiscard]] Result<CreateEndpointRequest> create_endpoint_from(std::string_view body);
[[nodiscard]] Result<EndpointRequest> endpoint_from(std::string_view body);
[[nodiscard]] Result<std::string> network_from(std::string_view body);

}  // namespace swarmward::mesh
