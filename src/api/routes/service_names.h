#pragma once

#include <string>

#include "base/id.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// A name for a service that was given none: `adjective_surname`, not taken in `snapshot`.
[[nodiscard]] std::string free_service_name(state::Snapshot const& snapshot,
                                            RandomBytes const& random);

}  // namespace swarmward::api
