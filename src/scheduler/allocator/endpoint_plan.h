#pragma once

#include "scheduler/allocator/port_plan.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

struct EndpointPlan {
  model::Endpoint endpoint;
  std::string err;  ///< Why it cannot be done; `endpoint` then means nothing.
};

/// Pure but for the cursor. The endpoint that the service's spec asks for, beside the services of
/// `snapshot`. There is no routing mesh and no overlay network in this version, so nothing would
/// answer at a virtual address: none is handed out. A predefined network is listed without one, as
/// native does.
[[nodiscard]] EndpointPlan plan_endpoint(state::Snapshot const& snapshot,
                                         model::Service const& service,
                                         PortCursor& cursor);

/// The endpoint is already what the spec asks for: its tasks may be placed.
[[nodiscard]] bool is_allocated(model::Service const& service);

}  // namespace swarmward::scheduler
