#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/server/http_message.h"
#include "api/ward_control.h"

namespace swarmward::api {

/// Which networks of which nodes a client wants looked at: `node` is one, else all, by name;
/// `networks` are names or ids with commas between them, else all. Errors: NotFound with docker's
/// texts; InvalidArgument for networks that are not the swarm's.
[[nodiscard]] Result<NetworkLook> parse_network_look(state::Snapshot const& snapshot,
                                                     Request const& request);

/// What nodes said, for clients.
[[nodiscard]] nlohmann::json network_look_document(std::vector<NodeNetworks> const& nodes);

/// One line for each finding that is no note: "node h2, network back: …".
[[nodiscard]] std::vector<std::string> finding_lines(NodeNetworks const& node);

}  // namespace swarmward::api
