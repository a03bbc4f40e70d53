#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/ward_control.h"

namespace swarmward::api {

/// Says what it was told to say.
class FakeWardControl final : public WardControl {
 public:
  std::vector<NodeReason> reasons;  ///< For every task.
  std::vector<model::Task> judged;
  std::map<std::string, NodePlace> places;  ///< By engine name.
  RebalanceReport report;
  model::ServiceId asked_service;
  std::optional<DryRun> asked_dry_run;
  std::vector<Check> checks;
  AdoptRequest asked_adoption;
  std::string adoption_warning;

  std::vector<std::vector<NodeReason>> judge(state::Snapshot const& /*snapshot*/,
                                             std::vector<model::Task> const& tasks) override {
    judged.insert(judged.end(), tasks.begin(), tasks.end());
    return std::vector<std::vector<NodeReason>>(tasks.size(), reasons);
  }
  NodePlace place_of(model::Node const& node) override { return places[node.engine_name]; }
  asio::awaitable<Result<RebalanceReport>> rebalance(model::ServiceId service,
                                                     DryRun dry_run) override {
    asked_service = service;
    asked_dry_run = dry_run;
    co_return report;
  }
  asio::awaitable<Result<Adopted>> adopt(AdoptRequest request) override {
    asked_adoption = std::move(request);
    Adopted adopted{model::NodeId("adopted"), adoption_warning};
    co_return adopted;
  }
  asio::awaitable<std::vector<Check>> examine() override { co_return checks; }
};

}  // namespace swarmward::api
