#pragma once

#include "api/swarm_control.h"
#include "base/result.h"
#include "state/snapshot.h"
#include "wire/network.h"

namespace swarmward::api {

/// Whether the request is for a network of the swarm, not for one of the engine's own.
[[nodiscard]] bool is_for_swarm(wire::NetworkRequest const& request);

/// The name is not that of a network of the swarm. Errors: Conflict.
[[nodiscard]] Result<void> check_network_name(state::Snapshot const& snapshot,
                                              std::string const& name);

/// The same on a worker, which knows of the swarm's networks only that there is one for published
/// ports.
[[nodiscard]] Result<void> check_name_on_worker(std::string const& name);

/// What native checks of a network of the swarm before it makes it, in its order and with its
/// texts, up to what needs the state. The engine is asked for networks of its own. The snapshot has
/// a cluster. All outlive the call.
asio::awaitable<Result<void>> check_network_request(SwarmControl* control,
                                                    state::Snapshot const* snapshot,
                                                    wire::NetworkRequest const* request);

/// What the user of a network that was just made should know; empty: nothing.
[[nodiscard]] std::string create_warning(model::NetworkSpec const& spec);

}  // namespace swarmward::api
