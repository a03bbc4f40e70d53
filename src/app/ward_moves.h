#pragma once

#include "api/ward_control.h"
#include "base/id.h"

namespace swarmward::app {

/// The moves that would even out the service, or every service if `service` is empty. Reads only.
[[nodiscard]] api::RebalanceReport list_moves(state::Snapshot const& snapshot,
                                              model::ServiceId const& service,
                                              Time now);

/// The same on a draft, where as many moves are made as the services' update parallelism allows.
/// The new tasks of those that were made are in the report.
[[nodiscard]] api::RebalanceReport make_moves(state::Draft& draft,
                                              model::ServiceId const& service,
                                              RandomBytes const& random);

}  // namespace swarmward::app
