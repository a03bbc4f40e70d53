#include "scheduler/networks/plan_book.h"

#include <gmock/gmock.h>

#include "scheduler/networks/plan_follower.h"
#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two nodes, the ingress network and one more.
class PlanBookTest : public ClusterFixture {
 protected:
  PlanBookTest() {
    store_.watch_head([this](state::Touched const& touched) { touched_.add(touched); });
    change([](state::Draft& draft) -> Result<void> {
      draft.put(model::Cluster{});
      return {};
    });
    one_ = add_node("h1");
    two_ = add_node("h2");
    ingress_ = add_network("ingress");
    back_ = add_network("back");
    refresh();
  }

  model::NetworkId add_network(std::string name) {
    model::Network network;
    network.id = new_id<model::NetworkTag>(random_);
    network.spec.annotations.name = std::move(name);
    network.spec.ingress = network.name() == "ingress";
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(network);
      return {};
    });
    settle();
    return network.id;
  }

  /// A service of that name in the network.
  model::ServiceId add_service(std::string name, std::uint64_t replicas = 2) {
    auto made = spec(replicas);
    made.annotations.name = std::move(name);
    made.task.networks.push_back({back_.str(), {}, {}});
    auto const id = create(std::move(made));
    obey();
    return id;
  }

  /// The version before.
  std::uint64_t refresh() {
    auto const before = book_.version();
    book_.update(store_.head(), std::exchange(touched_, {}));
    return before;
  }

  model::PlanUpdate update_for(model::NodeId const& node, std::uint64_t since) {
    auto update = book_.frame_for(node);
    for (auto const& news : book_.news_for(node, since)) {
      update.changes.push_back(book_.changes(news));
    }
    update.mark = std::to_string(book_.version());
    update.since = since == 0 ? "" : std::to_string(since);
    return update;
  }
  model::NetworkUpdate change_of_back(std::uint64_t since) {
    for (auto const& change : update_for(one_, since).changes) {
      if (change.id == back_.view()) {
        return change;
      }
    }
    return {};
  }

  PlanOwners touched_;
  PlanBook book_;
  model::NodeId one_;
  model::NodeId two_;
  model::NetworkId ingress_;
  model::NetworkId back_;
};

TEST_F(PlanBookTest, OneMoreServiceIsAllThatIsTold) {
  add_service("web");
  refresh();
  add_service("api", 1);
  auto const before = refresh();
  auto const change = change_of_back(before);
  EXPECT_FALSE(change.whole);
  EXPECT_THAT(change.put.vips, SizeIs(1));
  EXPECT_THAT(change.put.members, SizeIs(1));
  EXPECT_THAT(change.put.nodes, IsEmpty());
  EXPECT_EQ(change.gone, model::PlanKeys{});
  EXPECT_THAT(update_for(one_, before).changes, SizeIs(1)) << "the ingress network is as it was";
}

TEST_F(PlanBookTest, WhatGoesIsToldByItsKeys) {
  add_service("other");  // Keeps both nodes in the network.
  auto const id = add_service("web", 1);
  refresh();
  auto const vip = service(id)->endpoint.virtual_ips.at(0).address;
  remove(id);
  obey();
  auto const before = refresh();
  auto const change = change_of_back(before);
  EXPECT_THAT(change.gone.vips, ElementsAre(vip.substr(0, vip.find('/'))));
  EXPECT_THAT(change.gone.names, ::testing::Contains("web"));
  EXPECT_THAT(change.put.vips, IsEmpty());
}

TEST_F(PlanBookTest, NodesThatKnowAllAreCurrent) {
  add_service("web");
  refresh();
  EXPECT_TRUE(book_.is_current(one_, book_.version()));
  EXPECT_FALSE(book_.is_current(one_, 0));
  auto const before = refresh();
  EXPECT_TRUE(book_.is_current(one_, before)) << "nothing was touched";
  add_service("api");
  refresh();
  EXPECT_FALSE(book_.is_current(one_, before));
}

TEST_F(PlanBookTest, AFollowerThatHasMissedSomethingSaysSo) {
  add_service("web");
  refresh();
  PlanFollower follower(one_.str());
  auto first = update_for(one_, 0);
  ASSERT_TRUE(follower.follow(first));
  add_service("api");
  auto const before = refresh();
  auto update = update_for(one_, before);
  ASSERT_FALSE(update.changes.at(0).put.vips.empty());
  auto damaged = update;
  damaged.changes.at(0).put.vips.clear();
  auto const refused = follower.follow(damaged);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_EQ(follower.mark(), "");
  EXPECT_FALSE(follower.follow(update)) << "it starts from what is void";
  EXPECT_TRUE(follower.follow(update_for(one_, 0)));
  EXPECT_THAT(follower.plan().networks, SizeIs(2));
}

TEST_F(PlanBookTest, ANodeThatComesToANetworkIsToldAllOfIt) {
  add_service("web", 1);
  refresh();
  auto const here = update_for(one_, 0).networks.size() == 2 ? one_ : two_;
  auto const other = here == one_ ? two_ : one_;
  EXPECT_THAT(update_for(other, 0).networks, ElementsAre(ingress_.str()));
  add_service("api", 2);
  auto const before = refresh();
  auto const update = update_for(other, before);
  EXPECT_THAT(update.networks, SizeIs(2));
  ASSERT_THAT(update.changes, SizeIs(1));
  EXPECT_TRUE(update.changes[0].whole);
  EXPECT_THAT(update.changes[0].put.vips, SizeIs(2));
}

TEST_F(PlanBookTest, NetworksAndNodesThatGoAreForgotten) {
  auto const id = add_service("web");
  refresh();
  PlanFollower follower(one_.str());
  ASSERT_TRUE(follower.follow(update_for(one_, 0)));
  remove(id);
  obey();
  change([&](state::Draft& draft) -> Result<void> {
    draft.erase(back_);
    draft.erase(two_);
    return {};
  });
  auto const before = std::stoull(follower.mark());
  refresh();
  ASSERT_TRUE(follower.follow(update_for(one_, before)));
  ASSERT_THAT(follower.plan().networks, SizeIs(1));
  EXPECT_EQ(follower.plan().networks[0]->id, ingress_.view());
  EXPECT_THAT(follower.plan().networks[0]->peers, IsEmpty());
  EXPECT_FALSE(book_.is_current(two_, before));
  EXPECT_TRUE(book_.is_current(two_, book_.version()));
  EXPECT_THAT(update_for(two_, 0).networks, IsEmpty());
}

}  // namespace
}  // namespace swarmward::scheduler
