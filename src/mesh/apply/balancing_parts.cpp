#include "mesh/apply/balancing_parts.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace swarmward::mesh {

Result<BalancingParts> BalancingParts::make(NetNamespace const& host,
                                            Subnet link,
                                            ChosenBackend const& backend) {
  auto ingress = Ingress::make(host, link, backend);
  if (!ingress) {
    return ingress.error();
  }
  return BalancingParts(std::move(*ingress), backend);
}

Result<void> BalancingParts::put(NetNamespace const& home, model::SharedNetwork const& network) {
  auto const id = namespace_id(home);
  auto found = vips_.find(network->id);
  if (found != vips_.end() && found->second.home != id) {
    vips_.erase(found);
    found = vips_.end();
  }
  bool const first = found == vips_.end();
  if (first) {
    Vips fresh{.home = id, .balancer = make_vip_balancer(backend_, home), .applied = {}};
    found = vips_.emplace(network->id, std::move(fresh)).first;
  } else if (found->second.applied == network) {
    return found->second.balancer->reassert();
  }
  auto applied = found->second.balancer->apply(*network);
  if (applied) {
    found->second.applied = network;
    if (first) {
      clear_other_backends(backend_, home, Shared::Vips);
    }
  } else {
    vips_.erase(found);  // The next call starts anew.
  }
  return applied;
}

void BalancingParts::take(NetNamespace const& home, model::PlannedNetwork const& network) {
  vips_.erase(network.id);
  if (!published_ || published_->home != namespace_id(home)) {
    return;
  }
  published_.reset();
  auto const removed = ingress_.remove();
  clean_ = removed.has_value();
  if (!removed) {
    room_log("mesh")->warn("ingress.not_removed reason={}", removed.error().message);
  }
}

Result<void> BalancingParts::finish(NetNamespace const* ingress, model::NetworkPlan const& plan) {
  auto const* const network = model::find_planned(plan, plan.ingress);
  if (ingress == nullptr || network == nullptr) {
    published_.reset();
    if (clean_) {
      return {};
    }
    auto removed = ingress_.remove();
    clean_ = removed.has_value();
    return removed;
  }
  clean_ = false;
  auto const id = namespace_id(*ingress);
  if (published_ && published_->home == id && published_->network == *network &&
      published_->ports == plan.ports) {
    return ingress_.reassert();
  }
  published_.reset();
  if (auto connected = ingress_.ensure(*ingress, *network); !connected) {
    return connected;
  }
  auto applied = ingress_.apply(plan.ports);
  if (applied) {
    published_ = Published{.home = id, .network = *network, .ports = plan.ports};
  }
  return applied;
}

}  // namespace swarmward::mesh
