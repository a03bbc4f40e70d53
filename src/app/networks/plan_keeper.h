#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/id.h"
#include "scheduler/networks/plan_book.h"
#include "state/state_store.h"

namespace swarmward::app {

/// Tells nodes what is new in their networks as soon as it is, and knows which have carried it out.
/// A node names what it knows by a mark; one that is not ours, as of another manager or of none,
/// gets everything. Io thread only, but for published().
class PlanKeeper {
 public:
  PlanKeeper(boost::asio::any_io_executor executor,
             state::StateStore& store,
             RandomBytes const& random);

  /// From the store's strand, for each publication, before anybody else hears of it.
  void published(state::Snapshot const& snapshot, state::Touched const& touched);

  /// True as soon as the node, which has carried out what `mark` names, must be told something;
  /// false if that is not so within `patience`.
  boost::asio::awaitable<bool> has_news(model::NodeId node,
                                        std::string mark,
                                        std::chrono::seconds patience);

  /// What the node must be told that has carried out what `mark` names.
  [[nodiscard]] model::PlanUpdate update_for(model::NodeId const& node, std::string const& mark);
  /// The same as JSON text. What is told to many nodes is written once.
  [[nodiscard]] std::string update_text(model::NodeId const& node, std::string const& mark);

  /// The node's plan as it must be by now.
  [[nodiscard]] model::NetworkPlan plan_of(model::NodeId const& node);

  /// Done once every node has carried out what was published until now, or so long after that this
  /// node must be lost: 2 s, which native waits in any case.
  boost::asio::awaitable<void> carried_out();

  /// Whoever waits for news looks again now.
  void wake();

 private:
  using Waiting = std::set<std::shared_ptr<boost::asio::steady_timer>>;

  /// What a node was last given.
  struct Given {
    std::string mark;
    std::uint64_t version = 0;      ///< Of the state that it covers.
    std::uint64_t carried_out = 0;  ///< Up to this version of the state.
  };

  /// What was touched since the book was brought up to date.
  struct Gathered {
    scheduler::PlanOwners owners;
    std::uint64_t version = 0;  ///< The last one of the state that changed plans.
  };

  void wake_soon();
  /// Brings the book up to date.
  void refresh();
  /// The version of the book that the mark names; 0: none.
  [[nodiscard]] std::uint64_t known_by(std::string const& mark) const;
  /// An update without its changes; notes that the node gets it.
  [[nodiscard]] model::PlanUpdate frame_for(model::NodeId const& node, std::uint64_t since);
  [[nodiscard]] std::string const& text_of(scheduler::PlanBook::News const& news);
  [[nodiscard]] bool is_current(model::NodeId const& node, std::string const& mark);
  void confirm(Given& given, std::uint64_t version);
  /// The last version of the state that changed plans.
  [[nodiscard]] std::uint64_t latest();
  [[nodiscard]] bool all_have(std::uint64_t version) const;
  /// True if woken before the time is up.
  boost::asio::awaitable<bool> wait(Waiting* among, std::chrono::steady_clock::time_point until);

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  std::string const epoch_;  ///< Tells this book's versions from those of others.
  scheduler::PlanBook book_;
  bool has_all_ = false;      ///< The book has taken in what was there before.
  std::uint64_t covers_ = 0;  ///< The version of the state that the book is of.
  /// By network and version that a node knows; of the book's present version.
  std::map<std::pair<model::NetworkId, std::uint64_t>, std::string> texts_;
  Waiting for_news_;
  Waiting for_nodes_;
  std::map<model::NodeId, Given> given_;
  std::mutex mutex_;  ///< Over the next one.
  Gathered gathered_;
  boost::asio::steady_timer soon_;  ///< Changes come in bunches.
  std::chrono::steady_clock::duration bunch_;
  bool due_ = false;
};

}  // namespace swarmward::app
