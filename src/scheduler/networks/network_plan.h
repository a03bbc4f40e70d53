#pragma once

#include "model/network_plan.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Daemons of ours serve networks on their own hosts; engines that are driven from afar have none.
[[nodiscard]] bool has_network_agent(model::Node const& node);

/// Tasks of the spec join a network that not every engine has by itself: an overlay, or a
/// node-local one.
[[nodiscard]] bool names_network(model::TaskSpec const& spec);

/// The user asked for it by the option `encrypted`, whatever its value.
[[nodiscard]] bool is_encrypted(model::Network const& network);

/// The networks of the swarm that a task on a node joins, in the order of its interfaces: without
/// an agent there, the node-local ones alone.
[[nodiscard]] std::vector<model::TaskNetwork> networks_for(state::Snapshot const& snapshot,
                                                           model::Task const& task);

}  // namespace swarmward::scheduler
