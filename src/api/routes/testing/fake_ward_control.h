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
  Result<void> ready;    ///< What prepare_release() says.
  Result<void> cleared;  ///< What finish_release() says.
  std::vector<model::NodeId> released;
  NetworkLook asked_look;
  std::vector<NodeNetworks> networks;  ///< What look_at_networks() says.

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
  asio::awaitable<Result<void>> prepare_release(model::Node /*node*/) override { co_return ready; }
  asio::awaitable<Result<void>> finish_release(model::Node node) override {
    released.push_back(node.id);
    co_return cleared;
  }
  asio::awaitable<std::vector<Check>> examine() override { co_return checks; }
  asio::awaitable<std::vector<NodeNetworks>> look_at_networks(NetworkLook look) override {
    asked_look = std::move(look);
    co_return networks;
  }
};

}  // namespace swarmward::api
