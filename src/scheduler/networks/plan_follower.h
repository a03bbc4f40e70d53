#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "scheduler/networks/plan_table.h"

namespace swarmward::scheduler {

/// A node's own plan of networks, made of the updates that a manager sends. One thread at a time.
class PlanFollower {
 public:
  explicit PlanFollower(std::string node) : node_(std::move(node)) {}

  /// Errors: Conflict where the update does not start from what is here, or its sums show that they
  /// know different things. Nothing is known then: mark() asks for everything.
  [[nodiscard]] Result<void> follow(model::PlanUpdate const& update);

  /// Of the last update; empty: nothing is known.
  [[nodiscard]] std::string const& mark() const { return mark_; }

  [[nodiscard]] model::NetworkPlan const& plan() const { return plan_; }

 private:
  struct Network {
    model::PlanHead head;
    PlanTables tables;
  };

  Result<void> take(model::NetworkUpdate const& change);
  void make_plan(model::PlanUpdate const& update);
  [[nodiscard]] model::PlannedNetwork planned(std::string const& id, Network const& network) const;
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::vector<model::PlannedPort> ports(Network const& network) const;

  std::string node_;
  std::string mark_;
  std::map<std::string, Network> networks_;
  model::NetworkPlan plan_;
};

}  // namespace swarmward::scheduler
