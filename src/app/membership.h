#pragma once

#include <vector>

#include "api/swarm_control.h"
#include "app/node_runners.h"
#include "cluster/founding.h"

namespace swarmward::app {

/// Membership of this host in a swarm: init and leave. Io thread only.
class Membership final : public api::SwarmControl {
 public:
  Membership(state::StateStore& store,
             NodeRunners& runners,
             std::vector<cluster::EngineEntry> engines,
             RandomBytes random);

  asio::awaitable<Result<model::NodeId>> init(api::InitOptions options) override;
  asio::awaitable<Result<void>> leave(api::Force force) override;
  [[nodiscard]] std::string new_join_token() override;
  [[nodiscard]] std::string new_unlock_key() override;
  [[nodiscard]] std::shared_ptr<backends::Engine> local_engine() override;
  [[nodiscard]] std::shared_ptr<backends::Engine> engine_of(model::NodeId const& node) override;

  /// At start: engines listed since the swarm was made become nodes.
  asio::awaitable<Result<void>> add_new_engines();

 private:
  asio::awaitable<Result<cluster::Founding>> prepare(api::InitOptions options);

  state::StateStore& store_;
  NodeRunners& runners_;
  std::vector<cluster::EngineEntry> engines_;
  RandomBytes random_;
};

}  // namespace swarmward::app
