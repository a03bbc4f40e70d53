#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/plan_update.h"

namespace swarmward::wire {

/// A network's part of an update as JSON text.
[[nodiscard]] std::string network_update_text(model::NetworkUpdate const& update);

/// An update as JSON text, for a node, with `changes` (texts as above) in place of its own: they
/// are the same for many nodes.
[[nodiscard]] std::string plan_update_text(model::PlanUpdate const& frame,
                                           std::vector<std::string_view> const& changes);

/// The reverse. Errors: InvalidArgument for what is no update.
[[nodiscard]] Result<model::PlanUpdate> plan_update_from(nlohmann::json const& document);

}  // namespace swarmward::wire
