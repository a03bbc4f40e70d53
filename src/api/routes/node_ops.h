#pragma once

#include <cstdint>

#include "api/swarm_control.h"
#include "state/state_store.h"

namespace swarmward::api {

/// Replaces the spec of a node. Errors: InvalidArgument for the demotion of the last manager,
/// NotImplemented for a promotion, Internal for a stale version.
[[nodiscard]] Result<void> update_node(state::Draft& draft,
                                       model::NodeId const& id,
                                       std::uint64_t version,
                                       model::NodeSpec const& spec);

/// Erases the node; the loops then orphan its tasks. Errors: InvalidArgument for a manager, and
/// without Force::Yes for a node that is not down.
[[nodiscard]] Result<void> remove_node(state::Draft& draft, model::NodeId const& id, Force force);

/// The same for a node that was adopted, and which is ready as long as its engine runs: what
/// it must not have, unless it is down or with Force::Yes, is tasks. Errors: Conflict.
[[nodiscard]] Result<void> release_node(state::Draft& draft, model::NodeId const& id, Force force);

}  // namespace swarmward::api
