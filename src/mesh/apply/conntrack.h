#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/render/stale_flows.h"

namespace swarmward::mesh {

/// Makes the kernel forget connections that any of the filters names, of those that it tracks in
/// the namespace. The next packet of such a flow is balanced anew. Connections of TCP that are over
/// are left alone. Reads all tracked connections once, or none if there are no filters. The filters
/// must be sorted. Answers how many went.
/// Errors: Unavailable.
[[nodiscard]] Result<std::size_t> forget_flows(NetNamespace const& net,
                                               std::span<FlowFilter const> filters);

}  // namespace swarmward::mesh
