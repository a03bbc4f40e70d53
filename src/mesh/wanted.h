#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/agent_state.h"
#include "mesh/overlay_spec.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// An overlay that this host must have, and what it must be like.
struct WantedNetwork {
  /// As the manager sees it; without members where it said nothing.
  model::SharedNetwork planned;
  OverlaySpec overlay;
  bool ingress = false;
  /// Addresses that the plan has on other hosts and the engine here, which are no peers.
  std::set<Address> disputed = {};
};

struct WantedNetworks {
  std::vector<WantedNetwork> networks;  ///< By id.
  std::vector<std::string> problems;    ///< What was left out, for a person to read.
};

/// Pure. The ids of all that is wanted: what the engine has made, and the ingress network.
[[nodiscard]] std::set<std::string> wanted_ids(AgentState const& state,
                                               model::NetworkPlan const& plan);

/// Pure. One of them, or nothing where nobody wants it or it makes no sense. What was left out is
/// added to `problems`.
[[nodiscard]] std::optional<WantedNetwork> plan_wanted_one(AgentState const& state,
                                                           model::NetworkPlan const& plan,
                                                           std::string const& id,
                                                           std::vector<std::string>& problems);

/// Pure. Wanted is what the engine has made, and the ingress network, which every host has. Where
/// the plan and the engine's options differ the plan is right. An address with an endpoint here is
/// no peer, whatever the plan says: the plan may be older than the endpoint. The ingress network
/// has no virtual addresses: only nodes may open connections there, and they ask tasks.
[[nodiscard]] WantedNetworks plan_wanted(AgentState const& state, model::NetworkPlan const& plan);

/// The overlay without its members, or nothing where the plan makes no sense.
[[nodiscard]] std::optional<OverlaySpec> overlay_from(model::PlannedNetwork const& planned);

}  // namespace swarmward::mesh
