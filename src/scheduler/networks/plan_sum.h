#pragma once

#include "model/plan_update.h"

namespace swarmward::scheduler {

// A number for what a manager says of a network, the same on all hosts. Sums of these show whether
// two of them know the same: cheap to keep up, for what goes is subtracted. Against mistakes, not
// against forgery.

[[nodiscard]] std::uint64_t plan_sum(model::PlanHead const& head);
[[nodiscard]] std::uint64_t plan_sum(model::PlanNode const& node);
[[nodiscard]] std::uint64_t plan_sum(model::PlanMember const& member);
[[nodiscard]] std::uint64_t plan_sum(model::PlannedVip const& vip);
[[nodiscard]] std::uint64_t plan_sum(model::PlannedName const& name);
[[nodiscard]] std::uint64_t plan_sum(model::PlannedPort const& port);

}  // namespace swarmward::scheduler
