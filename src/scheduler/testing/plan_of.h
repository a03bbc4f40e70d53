#pragma once

#include "scheduler/networks/plan_book.h"
#include "scheduler/networks/plan_follower.h"

namespace swarmward::scheduler {

/// The follower learns what is new in the book.
inline Result<void> tell(PlanFollower& follower, PlanBook const& book, model::NodeId const& node) {
  auto const since = follower.mark().empty() ? 0 : std::stoull(follower.mark());
  auto update = book.frame_for(node);
  for (auto const& news : book.news_for(node, since)) {
    update.changes.push_back(book.changes(news));
  }
  update.mark = std::to_string(book.version());
  update.since = follower.mark();
  return follower.follow(update);
}

/// The plan of a node that has just come.
inline model::NetworkPlan plan_of(state::Snapshot const& snapshot, model::NodeId const& node) {
  PlanBook book;
  book.update(snapshot, all_plan_owners(snapshot));
  PlanFollower follower(node.str());
  auto const told = tell(follower, book, node);
  EXPECT_TRUE(told) << told.error().message;
  return follower.plan();
}

}  // namespace swarmward::scheduler
