#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/routes/network_filters.h"
#include "backends/engine.h"
#include "state/state_store.h"

namespace swarmward::api {

/// Removes all networks of the swarm that the filters let through and nothing uses, but for the
/// ingress network. Returns their names; none if the state cannot be written. `store` outlives the
/// call.
boost::asio::awaitable<std::vector<std::string>> prune_swarm_networks(state::StateStore* store,
                                                                      PruneFilters filters);

/// The same for the engine's own networks, one by one: its own prune would take its parts of the
/// swarm's networks, too. What has come into use since is passed over.
boost::asio::awaitable<std::vector<std::string>> prune_local_networks(
    std::shared_ptr<backends::Engine> engine, PruneFilters filters);

}  // namespace swarmward::api
