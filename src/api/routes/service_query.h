#pragma once

#include <vector>

#include "state/snapshot.h"
#include "wire/filters.h"

namespace swarmward::api {

/// Errors: InvalidArgument for a key that is not one of services.
[[nodiscard]] Result<void> check_service_filters(wire::Filters const& filters);

/// The services that match, by name if names are asked for, otherwise by id. Without a filter for
/// the runtime: those that run containers.
[[nodiscard]] std::vector<state::ServicePtr> find_services(state::Snapshot const& snapshot,
                                                           wire::Filters const& filters);

}  // namespace swarmward::api
