#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/node.h"

namespace swarmward::wire {

[[nodiscard]] nlohmann::json to_json(model::Node const& node);
[[nodiscard]] nlohmann::json to_json(model::NodeSpec const& spec);

/// The body of a node update: replaces the whole spec; Role and Availability are mandatory.
/// Errors: InvalidArgument.
[[nodiscard]] Result<model::NodeSpec> node_spec_from_json(nlohmann::json const& document);

/// TLSInfo, as nodes and the swarm show it.
[[nodiscard]] nlohmann::json to_json(model::TlsInfo const& tls);

}  // namespace swarmward::wire
