#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/events/event_request.h"
#include "api/events/swarm_event.h"

namespace swarmward::api {

/// Both histories as one, in order of time; `engine` are the engine's lines, filtered already.
[[nodiscard]] std::string merge_past(EventRequest const& request,
                                     std::vector<EventPtr> const& swarm,
                                     std::string_view engine);

}  // namespace swarmward::api
