#pragma once

#include <string>

#include "state/state_store.h"

namespace swarmward::api {

/// A network to be made; its spec has passed all checks that need no state.
struct NetworkCreate {
  model::NetworkId id;
  model::NetworkSpec spec;
};

/// Addresses are left to the allocator. Errors, with native's texts: Conflict (a second ingress
/// network), Internal (a name that differs from another only in its letters' case).
[[nodiscard]] Result<void> create_network(state::Draft& draft, NetworkCreate const& create);

/// Errors: InvalidArgument while a service or a task uses it. Tasks whose service is gone do not
/// count: they are about to be removed, and native lets the network go before them. Nor do attached
/// containers that do not run: they lose it.
[[nodiscard]] Result<void> remove_network(state::Draft& draft, model::NetworkId const& id);

}  // namespace swarmward::api
