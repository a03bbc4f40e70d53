#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mesh/agent_state.h"
#include "mesh/overlay_spec.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// An overlay that this host must have, and what it must be like.
struct WantedNetwork {
  model::PlannedNetwork
      planned;  ///< As the manager sees it; without members where it said nothing.
  OverlaySpec overlay;
};

struct WantedNetworks {
  std::vector<WantedNetwork> networks;  ///< By id.
  std::vector<std::string> problems;    ///< What was left out, for a person to read.
};

/// Pure. Wanted is what the engine has made, and the ingress network, which every host has. Where
/// the plan and the engine's options differ the plan is right. An address with an endpoint here is
/// no peer, whatever the plan says: the plan may be older than the endpoint.
[[nodiscard]] WantedNetworks plan_wanted(AgentState const& state, model::NetworkPlan const& plan);

/// The overlay without its members, or nothing where the plan makes no sense.
[[nodiscard]] std::optional<OverlaySpec> overlay_from(model::PlannedNetwork const& planned);

}  // namespace swarmward::mesh
