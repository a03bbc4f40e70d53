#pragma once

#include "scheduler/placement/placement.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Writes where tasks go, or why they go nowhere, into a draft. What says nothing new is not
/// written.
void apply_assignments(state::Draft& draft, std::vector<Assignment> const& assignments);

}  // namespace swarmward::scheduler
