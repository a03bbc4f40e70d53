#include "scheduler/orchestrator/node_fitness.h"

#include <algorithm>

namespace swarmward::scheduler {

NodeFitness::NodeFitness(model::Service const& service) : constraints_(std::in_place) {
  if (!service.spec->task.placement) {
    return;
  }
  for (auto const& text : service.spec->task.placement->constraints) {
    auto parsed = model::parse_constraint(text);
    if (!parsed) {
      constraints_.reset();
      return;
    }
    constraints_->push_back(std::move(*parsed));
  }
}

bool NodeFitness::may_keep(model::Node const* node) const {
  return !is_lost(node) && constraints_ &&
         std::ranges::all_of(*constraints_, [&](model::Constraint const& constraint) {
           return model::constraint_matches(constraint, *node);
         });
}

bool NodeFitness::may_get(model::Node const& node) const {
  return node.spec.availability == model::Availability::Active &&
         node.status.state == model::NodeState::Ready && may_keep(&node);
}

}  // namespace swarmward::scheduler
