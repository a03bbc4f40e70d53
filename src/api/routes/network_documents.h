#pragma once

#include <nlohmann/json_fwd.hpp>

#include "state/snapshot.h"

namespace swarmward::api {

/// What a network of the swarm shows beyond itself.
enum class NetworkDetail {
  Plain,
  Services,  ///< `verbose`: the services in it, with their tasks, on all nodes.
};

/// The network as `GET /networks/{id}` shows it. `local` is what this host's engine has of it, null
/// if it has nothing: then there are neither containers nor peers, as in native.
[[nodiscard]] nlohmann::json network_document(state::Snapshot const& snapshot,
                                              model::Network const& network,
                                              nlohmann::json const& local,
                                              NetworkDetail detail);

}  // namespace swarmward::api
