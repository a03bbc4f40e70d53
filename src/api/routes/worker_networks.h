#pragma once

#include <memory>

#include "api/swarm_control.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// The swarm's networks of which this worker's engine has a part, as far as that shows them, in a
/// snapshot with nothing else in it. `control` outlives the call.
asio::awaitable<std::shared_ptr<state::Snapshot const>> networks_of_worker(SwarmControl* control);

/// A network that an engine shows as part of the swarm's; null if it is the engine's own. Pure.
[[nodiscard]] state::NetworkPtr swarm_network_from(nlohmann::json const& local);

}  // namespace swarmward::api
