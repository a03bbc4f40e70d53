#include <gtest/gtest.h>

#include "cluster/node_liveness.h"

namespace swarmward::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A host that joined, its engine seen and its word heard at `start`.
class MemberLivenessTest : public ::testing::Test {
 protected:
  MemberLivenessTest() {
    node_.id = model::NodeId("nodenodenodenodenodenoden");
    node_.access.agent_port = 7946;
    take(liveness_.sight(node_, {true, false, {}}, start_));
    take(liveness_.beat(node_, kGrace, start_));
  }

  /// What is written becomes the node.
  bool take(std::optional<model::Node> const& written) {
    if (written) {
      node_ = *written;
    }
    return written.has_value();
  }
  std::size_t overdue(Time now) {
    state::Snapshot snapshot;
    snapshot.nodes.insert_or_assign(node_.id, std::make_shared<model::Node const>(node_));
    auto const down = liveness_.overdue(snapshot, now);
    if (!down.empty()) {
      node_ = down.front();
    }
    return down.size();
  }

  static constexpr milliseconds kGrace{2500};
  Time const start_{seconds(1000)};
  NodeLiveness liveness_;
  model::Node node_;
};

TEST_F(MemberLivenessTest, ReadyTakesBothItsWordAndItsEngine) {
  NodeLiveness fresh;
  model::Node node;
  node.id = node_.id;
  node.access.agent_port = 7946;
  EXPECT_FALSE(fresh.beat(node, kGrace, start_));
  auto const ready = fresh.sight(node, {true, false, {}}, start_);
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status.state, model::NodeState::Ready);
  EXPECT_EQ(node_.status.state, model::NodeState::Ready) << "whichever comes first";
}

TEST_F(MemberLivenessTest, SilenceEndsItAndItsWordBringsItBack) {
  EXPECT_EQ(liveness_.next_deadline(), start_ + kGrace);
  EXPECT_EQ(overdue(start_ + kGrace - milliseconds(1)), 0U);
  EXPECT_EQ(overdue(start_ + kGrace), 1U);
  EXPECT_EQ(node_.status.state, model::NodeState::Down);
  EXPECT_EQ(overdue(start_ + seconds(60)), 0U) << "said once";
  EXPECT_TRUE(take(liveness_.beat(node_, kGrace, start_ + seconds(61))));
  EXPECT_EQ(node_.status.state, model::NodeState::Ready);
}

TEST_F(MemberLivenessTest, AnEngineThatIsAwayEndsItAsFast) {
  EXPECT_FALSE(liveness_.sight(node_, {false, false, {}}, start_ + seconds(1)));
  for (auto at = seconds(1); at <= seconds(3); at += seconds(1)) {
    take(liveness_.beat(node_, kGrace, start_ + at));
  }
  EXPECT_EQ(overdue(start_ + seconds(1) + kGrace), 1U);
  EXPECT_FALSE(take(liveness_.beat(node_, kGrace, start_ + seconds(4)))) << "its engine is away";
  EXPECT_TRUE(take(liveness_.sight(node_, {true, false, {}}, start_ + seconds(5))));
  EXPECT_EQ(node_.status.state, model::NodeState::Ready);
}

TEST_F(MemberLivenessTest, AnEngineWithLiveRestoreMayBeAwayForLonger) {
  take(liveness_.sight(node_, {true, true, {}}, start_));
  EXPECT_FALSE(liveness_.sight(node_, {false, false, {}}, start_));
  take(liveness_.beat(node_, kGrace, start_ + seconds(10)));
  EXPECT_EQ(overdue(start_ + seconds(11)), 0U);
  take(liveness_.beat(node_, kGrace, start_ + seconds(14)));
  EXPECT_EQ(overdue(start_ + kNodeDownAfter), 1U);
}

TEST_F(MemberLivenessTest, AStopIsNoLossBeforeTheGraceIsOver) {
  EXPECT_TRUE(take(liveness_.farewell(node_, Farewell::Stopped)));
  EXPECT_EQ(node_.status.state, model::NodeState::Disconnected);
  EXPECT_TRUE(take(liveness_.beat(node_, kGrace, start_ + seconds(1)))) << "restarted";
  EXPECT_EQ(node_.status.state, model::NodeState::Ready);
  EXPECT_TRUE(take(liveness_.farewell(node_, Farewell::Stopped)));
  EXPECT_EQ(overdue(start_ + seconds(1) + kGrace), 1U) << "not restarted";
}

TEST_F(MemberLivenessTest, WhoLeavesIsDownAtOnce) {
  EXPECT_TRUE(take(liveness_.farewell(node_, Farewell::Left)));
  EXPECT_EQ(node_.status.state, model::NodeState::Down);
  EXPECT_FALSE(liveness_.next_deadline());
}

TEST_F(MemberLivenessTest, AWatcherThatWasAwayBlamesNobody) {
  liveness_.forgive(start_ + seconds(60));
  EXPECT_EQ(overdue(start_ + seconds(61)), 0U);
  EXPECT_EQ(overdue(start_ + seconds(60) + kGrace), 1U);
}

TEST_F(MemberLivenessTest, TheSwarmsPeriodSetsTheGrace) {
  EXPECT_EQ(beat_grace(seconds(5), 3), milliseconds(2500));
  EXPECT_EQ(beat_period(seconds(5), 3), milliseconds(500));
  EXPECT_EQ(beat_grace(seconds(0), 3), milliseconds(2500)) << "not set";
  EXPECT_EQ(beat_grace(milliseconds(10), 3), milliseconds(500)) << "too short to be kept";
}

TEST_F(MemberLivenessTest, HostsSpeakAtTheSameMoments) {
  auto const next = [](int heard) {
    auto const now = Time{} + milliseconds(heard);
    return now + beat_pause(milliseconds(500), now);
  };
  EXPECT_EQ(next(1000), Time{} + milliseconds(1500));
  EXPECT_EQ(next(1001), Time{} + milliseconds(1500));
  EXPECT_EQ(next(1024), Time{} + milliseconds(1500));
  EXPECT_EQ(next(1025), Time{} + milliseconds(1525));
  EXPECT_GT(beat_pause(Duration(1), Time{} + milliseconds(7)), Duration(0));
}

TEST_F(MemberLivenessTest, ManyHostsSpeakLessOften) {
  EXPECT_EQ(pace_of(0), 1U);
  EXPECT_EQ(pace_of(500), 1U);
  EXPECT_EQ(pace_of(501), 2U);
  EXPECT_EQ(pace_of(100'000), 5U);
  EXPECT_EQ(beat_period(seconds(5), 1000), seconds(1));
  EXPECT_EQ(beat_grace(seconds(5), 1000), seconds(5));
  EXPECT_LT(beat_grace(seconds(5), 100'000), kNodeDownAfter) << "still sooner than native";
}

}  // namespace
}  // namespace swarmward::cluster
