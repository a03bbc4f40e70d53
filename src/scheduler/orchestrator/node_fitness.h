#pragma once

#include <optional>
#include <vector>

#include "model/constraint.h"
#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// Which nodes a service that runs on every node runs on.
class NodeFitness {
 public:
  explicit NodeFitness(model::Service const& service);

  /// A task that is there may stay: not drained, not down, constraints hold.
  [[nodiscard]] bool may_keep(model::Node const* node) const;
  /// A new task may be made for it: it is ready and active besides.
  [[nodiscard]] bool may_get(model::Node const& node) const;

 private:
  /// Nothing if one of them does not parse: then no node is fit.
  std::optional<std::vector<model::Constraint>> constraints_;
};

}  // namespace swarmward::scheduler
