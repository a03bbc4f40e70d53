#pragma once

#include <set>
#include <string>

#include "model/network_plan.h"

namespace swarmward::mesh {

/// Where two plans differ.
struct PlanChange {
  std::set<std::string> networks;  ///< Ids of those that came, went, or are another.
  bool ports = false;              ///< Of published ports.
  bool host = false;               ///< What concerns all networks of the host.

  [[nodiscard]] bool empty() const { return networks.empty() && !ports && !host; }
};

/// Pure.
[[nodiscard]] PlanChange plan_change(model::NetworkPlan const& before,
                                     model::NetworkPlan const& now);

}  // namespace swarmward::mesh
