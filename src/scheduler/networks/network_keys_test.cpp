#include "scheduler/networks/network_keys.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class NetworkKeysTest : public ClusterFixture {
 protected:
  NetworkKeysTest() {
    change([](state::Draft& draft) -> Result<void> {
      draft.put(model::Cluster{});
      return {};
    });
  }

  void add_network(std::string const& name, model::StringMap options) {
    model::Network network;
    network.id = new_id<model::NetworkTag>(random_);
    network.spec.annotations.name = name;
    network.spec.driver.options = std::move(options);
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(network);
      return {};
    });
    settle();
  }

  std::vector<model::NetworkKey> const& keys() { return store_.head().cluster->network_keys; }
  std::vector<std::uint32_t> numbers() {
    std::vector<std::uint32_t> all;
    for (auto const& key : keys()) {
      all.push_back(key.number);
    }
    return all;
  }
};

TEST_F(NetworkKeysTest, AreMadeForTheFirstEncryptedNetwork) {
  add_network("open", {});
  EXPECT_THAT(keys(), IsEmpty());
  add_network("sealed", {{"encrypted", ""}});
  ASSERT_THAT(keys(), SizeIs(3));
  EXPECT_THAT(numbers(), ::testing::ElementsAre(1, 2, 3));
  for (auto const& key : keys()) {
    EXPECT_THAT(key.secret, SizeIs(64));
  }
  EXPECT_NE(keys()[0].secret, keys()[1].secret);
}

TEST_F(NetworkKeysTest, TheOldestGivesWayToANewOneEveryTwelveHours) {
  add_network("sealed", {{"encrypted", ""}});
  auto const before = keys();
  clock_.advance(std::chrono::hours(11));
  settle();
  EXPECT_EQ(keys(), before);
  clock_.advance(std::chrono::hours(1));
  settle();
  ASSERT_THAT(numbers(), ::testing::ElementsAre(2, 3, 4));
  // What was the next is the present one: nodes have understood it for twelve hours.
  EXPECT_EQ(keys()[1], before[2]);
  EXPECT_EQ(keys()[0], before[1]);
}

TEST_F(NetworkKeysTest, AfterALongPauseThereIsOneNewKeyOnly) {
  add_network("sealed", {{"encrypted", ""}});
  clock_.advance(std::chrono::hours(24 * 30));
  settle();
  EXPECT_THAT(numbers(), ::testing::ElementsAre(2, 3, 4));
}

TEST_F(NetworkKeysTest, TheLoopWakesForThem) {
  add_network("sealed", {{"encrypted", ""}});
  auto const plan = plan_network_keys(store_.head(), random_, clock_.now());
  EXPECT_FALSE(plan.keys);
  EXPECT_EQ(plan.wake, store_.head().cluster->network_keys_changed + kNetworkKeyLife);
}

}  // namespace
}  // namespace swarmward::scheduler
