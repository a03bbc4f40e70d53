#pragma once

#include <string>

#include "base/result.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// The value of the `Swarm` header of /_ping: "inactive" or "active/manager".
[[nodiscard]] std::string swarm_header(state::Snapshot const& snapshot);

/// Errors: Unavailable with native's text when this host manages no swarm. Checked after the body
/// and the query are parsed, before any look-up.
[[nodiscard]] Result<void> require_manager(state::Snapshot const& snapshot);

}  // namespace swarmward::api
