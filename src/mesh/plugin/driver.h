#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/plugin/requests.h"

namespace swarmward::mesh {

/// What the engine is told of a new endpoint.
struct EndpointAnswer {
  std::string address;  ///< "10.0.1.5/24"; empty where the engine chose it.
  std::string mac;      ///< Empty where the user chose it.
};

/// What the engine is told when a container takes its endpoint.
struct JoinAnswer {
  std::string device;  ///< In the host's namespace; the engine moves it into the container.
  /// Without routers outside: the engine adds no interface of its own.
  bool internal = false;
  std::vector<Subnet> on_wire = {};  ///< Subnets of members besides its own.
};

/// A network driver as the engine sees it. Called on several threads.
class NetworkDriver {
 public:
  virtual ~NetworkDriver() = default;

  [[nodiscard]] virtual Result<void> create_network(CreateNetworkRequest const& request) = 0;
  [[nodiscard]] virtual Result<void> delete_network(std::string const& network) = 0;
  [[nodiscard]] virtual Result<EndpointAnswer> create_endpoint(
      CreateEndpointRequest const& request) = 0;
  [[nodiscard]] virtual Result<void> delete_endpoint(EndpointRequest const& request) = 0;
  [[nodiscard]] virtual Result<JoinAnswer> join(EndpointRequest const& request) = 0;
  [[nodiscard]] virtual Result<void> leave(EndpointRequest const& request) = 0;
};

}  // namespace swarmward::mesh
