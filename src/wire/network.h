#pragma once

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/network.h"

namespace swarmward::wire {

/// The body of POST /networks/create. What a network of the swarm cannot keep stands beside its
/// spec, so that the route can judge it.
struct NetworkRequest {
  model::NetworkSpec spec;  ///< The driver's name may be empty.
  std::string scope;
  bool config_only = false;
  bool ipv4 = true;
};

/// Errors: InvalidArgument, with the texts of Go's decoder.
[[nodiscard]] Result<NetworkRequest> network_request_from_json(nlohmann::json const& document);

/// The container that POST /networks/{id}/connect names. Errors: InvalidArgument.
[[nodiscard]] Result<std::string> connected_container_from_json(nlohmann::json const& document);

/// Forgets what the requested API version does not know.
void trim_for_version(NetworkRequest& request, unsigned major, unsigned minor);

/// The network as `GET /networks` shows it: without containers. An overlay that has no addresses
/// yet has no driver either, as in native.
[[nodiscard]] nlohmann::json to_json(model::Network const& network);

/// The same of a predefined network, "host" or "bridge", which is no object of the state: services
/// name it by its name, so that serves as the id.
[[nodiscard]] nlohmann::json predefined_network_json(std::string const& name, Time created);

/// The network of an id, or null. What it returns lives as long as the list that is made.
using FindNetwork = std::function<model::Network const*(model::NetworkId const&)>;

}  // namespace swarmward::wire
