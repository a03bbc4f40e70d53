#pragma once

#include <vector>

#include "api/swarm_control.h"
#include "app/engine_claim.h"
#include "app/engine_directory.h"
#include "app/member/manager.h"
#include "app/member/worker/worker.h"
#include "app/node_runners.h"
#include "cluster/founding.h"

namespace swarmward::app {

/// Membership of this host in a swarm: init and leave. Io thread only.
class Membership final : public api::SwarmControl {
 public:
  Membership(state::StateStore& store,
             NodeRunners& runners,
             EngineDirectory& engines,
             Manager& manager,
             Worker& worker,
             HostNetworks& networks,
             StateGate& gate,
             EngineClaim claim,
             std::vector<cluster::EngineEntry> listed,
             RandomBytes random);

  asio::awaitable<Result<model::NodeId>> init(api::InitOptions options) override;
  asio::awaitable<Result<void>> join(wire::JoinRequest request) override;
  /// The same under a name of one's choice; empty: the engine's.
  asio::awaitable<Result<void>> join_as(wire::JoinRequest request, std::string hostname);
  asio::awaitable<Result<void>> leave(api::Force force) override;
  [[nodiscard]] std::shared_ptr<api::WorkerView const> worker() const override;
  [[nodiscard]] asio::awaitable<api::CaChange> ca_change(api::CaUpdate update) override;
  [[nodiscard]] std::string new_join_token() override;
  [[nodiscard]] std::string new_unlock_key() override;
  [[nodiscard]] Result<void> keep_locked() override { return manager_.keep_locked(); }
  [[nodiscard]] Result<void> unlock(std::string const& key) override { return gate_.unlock(key); }
  [[nodiscard]] std::shared_ptr<backends::Engine> local_engine() override;
  [[nodiscard]] std::shared_ptr<api::Upstream const> local_upstream() override;
  [[nodiscard]] std::shared_ptr<backends::Engine> engine_of(model::NodeId const& node) override;
  [[nodiscard]] std::shared_ptr<api::Upstream const> upstream_of(
      model::NodeId const& node) override;

  [[nodiscard]] bool in_swarm() const { return store_.snapshot()->cluster || worker(); }

  /// At start: this host was in a swarm before.
  void resumed();
  /// At start: engines listed since the swarm was made become nodes.
  asio::awaitable<Result<void>> add_new_engines();

 private:
  asio::awaitable<Result<model::NodeId>> found(api::InitOptions options);
  asio::awaitable<Result<void>> enrol(wire::JoinRequest request, std::string hostname);
  asio::awaitable<Result<void>> depart(api::Force force);
  asio::awaitable<Result<cluster::Founding>> prepare(api::InitOptions options);
  asio::awaitable<Result<void>> leave_as_worker();
  asio::awaitable<Result<void>> leave_locked();
  asio::awaitable<Result<void>> remove_containers(std::string label);
  static void forget_files(model::NodeId const& node);

  state::StateStore& store_;
  NodeRunners& runners_;
  EngineDirectory& engines_;
  Manager& manager_;
  Worker& worker_;
  HostNetworks& networks_;
  StateGate& gate_;
  EngineClaim claim_;  ///< Held while this host is in a swarm.
  std::vector<cluster::EngineEntry> listed_;
  RandomBytes random_;
  bool changing_ = false;  ///< A swarm is being made or joined.
};

}  // namespace swarmward::app
