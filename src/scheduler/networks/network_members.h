#pragma once

#include "model/network_plan.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// One network's part of the node's plan: who is in it, and by which names. Pure.
[[nodiscard]] model::PlannedNetwork plan_members(state::Snapshot const& snapshot,
                                                 model::NodeId const& node,
                                                 model::Network const& network,
                                                 std::string node_address);

}  // namespace swarmward::scheduler
