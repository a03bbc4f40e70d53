#pragma once

#include <string>

#include "scheduler/simulation/manager.h"

namespace swarmward::scheduler::simulation {

/// What keeps the cluster from being as its services are specified; empty if nothing does. Excused
/// are tasks that fit nowhere, places that their restart policy gave up, and paused updates.
[[nodiscard]] std::string unfinished(state::Snapshot const& head, Engines const& engines);

/// How long the updates of the services may take from now on if nothing that they make ever runs,
/// and each of them waits for the room that another holds.
[[nodiscard]] Duration longest_updates(state::Snapshot const& head);

/// Where the engines and the state disagree: containers that nobody wants, or a wanted one missing.
[[nodiscard]] std::string mismatch(state::Snapshot const& head, Engines const& engines);

}  // namespace swarmward::scheduler::simulation
