#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/ward_control.h"
#include "base/time.h"

namespace swarmward::api {

/// What `GET /ward/explain/{id}` answers: `input` names a service or a task. Of a service, all
/// tasks that are not as wanted; of a task, that task, as wanted or not. Errors: those of the
/// look-up.
[[nodiscard]] Result<nlohmann::json> explain(state::Snapshot const& snapshot,
                                             std::string const& input,
                                             WardControl& control,
                                             Time now);

}  // namespace swarmward::api
