#pragma once

#include <string>

#include "api/route.h"
#include "base/result.h"

namespace swarmward::api {

/// The value of the `Swarm` header of /_ping: "inactive", "active/worker", "active/manager" or
/// "error".
[[nodiscard]] std::string swarm_header(state::Snapshot const& snapshot, WorkerView const* worker);

/// Errors: Unavailable with native's text when this host manages no swarm. Checked after the body
/// and the query are parsed, before any look-up.
[[nodiscard]] Result<void> require_manager(Call const& call);

}  // namespace swarmward::api
