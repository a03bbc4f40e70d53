#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/network_plan.h"

namespace swarmward::wire {

/// A plan as JSON text, for a node and for its disk.
[[nodiscard]] std::string network_plan_text(model::NetworkPlan const& plan);

/// The reverse. Errors: InvalidArgument for text that is no plan.
[[nodiscard]] Result<model::NetworkPlan> network_plan_from(std::string_view text);

}  // namespace swarmward::wire
