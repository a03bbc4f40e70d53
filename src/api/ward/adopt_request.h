#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/ward_control.h"

namespace swarmward::api {

/// The body of POST /ward/nodes/adopt. Errors: InvalidArgument.
[[nodiscard]] Result<AdoptRequest> parse_adopt_request(nlohmann::json const& document);

}  // namespace swarmward::api
