#pragma once

#include <vector>

#include "api/events/swarm_event.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// The events that dockerd tells of such changes, in order: one for each write of a
/// service, a network, a secret, a config and a node. `now` is the time of removals. Leaving the
/// swarm tells nothing.
[[nodiscard]] std::vector<SwarmEvent> events_of(state::Touched const& touched, Time now);

/// The same for tasks, of which dockerd tells nothing.
[[nodiscard]] std::vector<SwarmEvent> task_events_of(state::Touched const& touched, Time now);

}  // namespace swarmward::api
