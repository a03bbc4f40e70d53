#include "mesh/plan_change.h"

namespace swarmward::mesh {

PlanChange plan_change(model::NetworkPlan const& before, model::NetworkPlan const& now) {
  PlanChange change;
  for (auto const& network : now.networks) {
    auto const* const old = model::find_planned(before, network->id);
    if (old == nullptr || !(*old == network)) {
      change.networks.insert(network->id);
    }
  }
  for (auto const& network : before.networks) {
    if (model::find_planned(now, network->id) == nullptr) {
      change.networks.insert(network->id);
    }
  }
  change.ports = before.ports != now.ports;
  change.host = before.ingress != now.ingress || before.data_path_port != now.data_path_port ||
                before.host != now.host || before.keys != now.keys;
  return change;
}

}  // namespace swarmward::mesh
