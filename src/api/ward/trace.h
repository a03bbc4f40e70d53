#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/ward/trace_target.h"
#include "api/ward_control.h"

namespace swarmward::api {

/// Whom to ask for a trace: the entry node for its kernel's maps, and the nodes of tasks for what
/// is wrong there. No nodes for a port in host mode: nothing is shared there.
[[nodiscard]] NetworkLook trace_look(state::Snapshot const& snapshot, TraceTarget const& target);

/// The way of a connection step by step, as `GET /ward/trace` answers. `nodes` is what the look
/// gave. Errors: Unavailable or InvalidArgument where the entry node cannot tell.
[[nodiscard]] Result<nlohmann::json> trace_document(state::Snapshot const& snapshot,
                                                    TraceTarget const& target,
                                                    std::vector<NodeNetworks> const& nodes);

}  // namespace swarmward::api
