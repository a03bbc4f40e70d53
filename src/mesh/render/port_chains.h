#pragma once

#include <vector>

#include "mesh/backend.h"
#include "mesh/render/chains.h"
#include "mesh/render/published_rules.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Does the kernel show bridged frames to iptables (br_netfilter)? Only then tasks can be kept from
/// each other over the ingress network by rules of iptables.
enum class BridgedFrames { Shown, Hidden };

/// Pure. Published ports in the namespace of the ingress network, by rules of iptables: the same as
/// the tables of nftables do there. With Ipvs the connections themselves are shared by it, and only
/// what is around them is here. `network` is the ingress network.
[[nodiscard]] Chains plan_port_chains(model::PlannedNetwork const& network,
                                      std::vector<model::PlannedPort> const& ports,
                                      Backend backend,
                                      BridgedFrames frames);

/// Pure. In the host's namespace: what comes for a published port of any of the host's addresses
/// goes to the ingress namespace, port kept.
[[nodiscard]] Chains plan_published_chains(PublishedRules const& rules);

}  // namespace swarmward::mesh
