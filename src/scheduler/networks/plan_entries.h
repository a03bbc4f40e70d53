#pragma once

#include "model/plan_update.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

// What objects say of one network to all nodes: who is in it, and by which names. Pure. Lists are
// sorted by their keys. Tasks share traffic and have names while they run and shall run; they have
// their addresses as long as their containers may be there.

[[nodiscard]] model::PlanHead plan_head(model::Network const& network);

/// Empty for a node without an address in the network.
[[nodiscard]] model::PlanEntries entries_of(model::Node const& node, model::Network const& network);

[[nodiscard]] model::PlanEntries entries_of(state::Snapshot const& snapshot,
                                            model::Service const& service,
                                            model::Network const& network);

/// Of a container that is no task of a service.
[[nodiscard]] model::PlanEntries entries_of(state::Snapshot const& snapshot,
                                            model::Task const& attachment,
                                            model::Network const& network);

}  // namespace swarmward::scheduler
