#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/swarm_control.h"
#include "api/ward_control.h"
#include "app/doctor/engine_checks.h"
#include "app/doctor/host_checks.h"
#include "app/options.h"
#include "backends/engine.h"
#include "base/id.h"
#include "state/state_store.h"

namespace swarmward::app {

/// Where WardService looks things up.
struct WardSources {
  /// The engine of a node; null if there is none.
  std::function<std::shared_ptr<backends::Engine>(model::Node const&)> engine;
  /// URLs of the engines that were given at start, by name.
  std::map<std::string, std::string> addresses;
  /// What this host is in a swarm that others manage, or whose state is locked; null if nothing.
  std::function<std::shared_ptr<api::WorkerView const>()> worker;
  std::vector<Listener> listeners;
  std::string data_root;
  std::function<boost::asio::awaitable<Result<api::Adopted>>(api::AdoptRequest)> adopt;
  std::function<boost::asio::awaitable<Result<void>>(model::Node)> prepare_release;
  std::function<boost::asio::awaitable<Result<void>>(model::Node)> finish_release;
  std::function<boost::asio::awaitable<std::vector<api::NodeNetworks>>(api::NetworkLook)>
      look_at_networks;
};

/// What follows from the options: all but the functions.
[[nodiscard]] WardSources ward_sources(Options const& options);

/// What `docker ward` needs: decisions of the scheduler, made to be looked at or on demand, and a
/// look at hosts and engines. Io thread only; files are read on a thread of its own.
class WardService final : public api::WardControl {
 public:
  WardService(boost::asio::any_io_executor executor,
              state::StateStore& store,
              Clock const& clock,
              RandomBytes random,
              WardSources sources);

  std::vector<std::vector<api::NodeReason>> judge(state::Snapshot const& snapshot,
                                                  std::vector<model::Task> const& tasks) override;
  api::NodePlace place_of(model::Node const& node) override;
  boost::asio::awaitable<Result<api::RebalanceReport>> rebalance(model::ServiceId service,
                                                                 api::DryRun dry_run) override;
  boost::asio::awaitable<Result<api::Adopted>> adopt(api::AdoptRequest request) override {
    return sources_.adopt(std::move(request));
  }
  boost::asio::awaitable<Result<void>> prepare_release(model::Node node) override {
    return sources_.prepare_release(std::move(node));
  }
  boost::asio::awaitable<Result<void>> finish_release(model::Node node) override {
    return sources_.finish_release(std::move(node));
  }
  boost::asio::awaitable<std::vector<api::Check>> examine() override;
  boost::asio::awaitable<std::vector<api::NodeNetworks>> look_at_networks(
      api::NetworkLook look) override {
    return sources_.look_at_networks(std::move(look));
  }

 private:
  boost::asio::awaitable<std::vector<api::Check>> examine_host();
  boost::asio::awaitable<std::vector<EngineAnswers>> ask_engines();

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  Clock const& clock_;
  RandomBytes random_;
  WardSources sources_;
  boost::asio::thread_pool files_{1};
};

}  // namespace swarmward::app
