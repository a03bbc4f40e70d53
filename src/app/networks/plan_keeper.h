#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "model/network_plan.h"
#include "state/state_store.h"

namespace swarmward::app {

/// A node's plan of networks, also as text, and what tells it from others.
struct MarkedPlan {
  model::NetworkPlan plan;
  std::string text;
  std::string mark;  ///< Equal marks: equal texts.
};

/// Gives nodes their plans of networks as soon as they change, and knows which they have carried
/// out. Io thread only, but for published().
class PlanKeeper {
 public:
  PlanKeeper(boost::asio::any_io_executor executor, state::StateStore& store);

  /// From the store's strand, for each publication, before anybody else hears of it.
  void published(state::Snapshot const& snapshot, state::Touched const& touched);

  /// The node's plan once its mark is not `known`, the one that it has carried out; after
  /// `patience` in any case.
  boost::asio::awaitable<MarkedPlan> next(model::NodeId node,
                                          std::string known,
                                          std::chrono::seconds patience);

  /// Done once every node has carried out what was published until now, or so long after that this
  /// node must be lost: 2 s, which native waits in any case.
  boost::asio::awaitable<void> carried_out();

  /// Whoever waits for a plan gets an answer now.
  void wake();

 private:
  using Waiting = std::set<std::shared_ptr<boost::asio::steady_timer>>;

  /// The plan that a node was last given.
  struct Given {
    std::string mark;
    std::uint64_t version = 0;      ///< Of the state that it was made from.
    std::uint64_t carried_out = 0;  ///< Up to this version of the state.
  };

  void wake_soon();
  [[nodiscard]] MarkedPlan plan_of(model::NodeId const& node, std::string const& known);
  void confirm(Given& given, std::uint64_t version);
  [[nodiscard]] bool all_have(std::uint64_t version) const;
  /// True if woken before the time is up.
  boost::asio::awaitable<bool> wait(Waiting* among, std::chrono::steady_clock::time_point until);

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  Waiting for_plans_;
  Waiting for_nodes_;
  std::map<model::NodeId, Given> given_;
  std::atomic<std::uint64_t> latest_ = 0;  ///< The last version that changed plans.
  boost::asio::steady_timer soon_;         ///< Changes come in bunches.
  std::chrono::steady_clock::duration bunch_;
  bool due_ = false;
};

}  // namespace swarmward::app
