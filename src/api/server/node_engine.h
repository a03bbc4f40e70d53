#pragma once

#include <optional>
#include <string_view>

#include "api/server/http_message.h"

namespace swarmward::api {

/// The refusal of a request to the engine of one node (`/nodes/NAME/…`) that is about a swarm, or
/// nothing. The engine would answer for a swarm mode of its own, which must stay off: to turn it on
/// would take the node out of ours.
[[nodiscard]] std::optional<Response> refuse_of_node(std::string_view path);

}  // namespace swarmward::api
