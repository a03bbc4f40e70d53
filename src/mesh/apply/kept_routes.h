#pragma once

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/render/kept_clients.h"

namespace swarmward::mesh {

/// Makes the routes that kept clients need in the ingress network's namespace: to tasks by way of
/// their nodes, and back to the nodes that connections entered by. May be repeated.
[[nodiscard]] Result<void> add_kept_routes(NetNamespace const& home, KeptClients const& kept);

/// Removes those of them that these clients do not need.
[[nodiscard]] Result<void> remove_other_kept_routes(NetNamespace const& home,
                                                    KeptClients const& kept);

}  // namespace swarmward::mesh
