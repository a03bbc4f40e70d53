#pragma once

#include "base/result.h"
#include "model/service.h"

namespace swarmward::wire {

/// What native's control API checks of a spec by itself; texts and codes are native's. Not here:
/// what needs the cluster (port conflicts, existence of networks, secrets and configs).
/// Beyond native: ports above 65535 are refused instead of leaving tasks in `new` for ever.
[[nodiscard]] Result<void> validate_service_spec(model::ServiceSpec const& spec);

/// Name of a service or network. Errors: InvalidArgument.
[[nodiscard]] Result<void> validate_name(std::string_view name);

}  // namespace swarmward::wire
