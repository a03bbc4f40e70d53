#include "scheduler/rebalancer/rebalance_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;

class RebalanceTest : public ClusterFixture {
 protected:
  static model::ServiceSpec movable(std::uint64_t replicas, model::UpdateOrder order = {}) {
    auto wish = spec(replicas);
    wish.annotations.labels["ward.rebalance"] = "auto";
    wish.update = model::UpdateConfig{1, {}, {}, {}, 0, order};
    return wish;
  }
  void later(Duration by) {
    advance(by);
    obey();
  }
};

TEST_F(RebalanceTest, MovesOneTaskAtATimeAfterARest) {
  auto const a = add_node("a");
  auto const web = create(movable(4));
  obey();
  auto const b = add_node("b");
  settle();
  later(seconds(59));
  EXPECT_EQ(on(web, b), 0);
  later(seconds(2));
  EXPECT_EQ(on(web, a), 3);
  EXPECT_EQ(on(web, b), 1);
  later(minutes(4));
  EXPECT_EQ(on(web, b), 1) << "a pause between two moves";
  later(minutes(1));
  EXPECT_EQ(on(web, b), 2);
  later(minutes(30));
  EXPECT_EQ(on(web, a), 2);
  EXPECT_EQ(on(web, b), 2);
}

TEST_F(RebalanceTest, StopFirstStopsTheOldOneOnlyWhenTheNewOneIsPrepared) {
  add_node("a");
  auto const web = create(movable(2));
  obey();
  auto const b = add_node("b");
  settle();
  advance(seconds(61));
  ASSERT_EQ(wanted(web).size(), 3U);
  model::TaskId moving;
  for (auto const& task : wanted(web)) {
    moving = task->node_id == b ? task->id : moving;
  }
  observe(moving, TaskState::Preparing);
  EXPECT_EQ(wanted(web).size(), 3U);
  observe(moving, TaskState::Ready);
  EXPECT_EQ(wanted(web).size(), 2U);
  EXPECT_EQ(store_.head().find_task(moving)->desired_state, TaskState::Ready);
  obey();
  EXPECT_EQ(store_.head().find_task(moving)->status.state, TaskState::Running);
}

TEST_F(RebalanceTest, StartFirstNeverHasFewerThanWanted) {
  add_node("a");
  auto const web = create(movable(2, model::UpdateOrder::StartFirst));
  obey();
  auto const b = add_node("b");
  settle();
  advance(seconds(61));
  ASSERT_EQ(wanted(web).size(), 3U);
  for (auto const& task : wanted(web)) {
    if (task->node_id == b) {
      EXPECT_EQ(task->desired_state, TaskState::Running);
      observe(task->id, TaskState::Running);
    }
  }
  EXPECT_EQ(wanted(web).size(), 2U);
  EXPECT_EQ(on(web, b), 1);
}

TEST_F(RebalanceTest, AMoveThatGetsNowhereIsGivenUp) {
  auto const a = add_node("a");
  auto const web = create(movable(2));
  obey();
  auto const b = add_node("b");
  settle();
  advance(seconds(61));
  ASSERT_EQ(wanted(web).size(), 3U);
  advance(minutes(10));
  EXPECT_EQ(on(web, a), 2);
  EXPECT_EQ(on(web, b), 0);
  advance(minutes(5));
  EXPECT_EQ(on(web, b), 1) << "another try";
}

TEST_F(RebalanceTest, WithoutTheLabelNothingMoves) {
  add_node("a");
  auto const web = create(spec(4));
  obey();
  auto const b = add_node("b");
  settle();
  later(minutes(60));
  EXPECT_EQ(on(web, b), 0);
}

TEST_F(RebalanceTest, EvensOutBranchesFirst) {
  add_node("a", {{"zone", "x"}});
  add_node("b", {{"zone", "x"}});
  auto wish = movable(4);
  wish.task.placement = model::Placement{{}, {"node.labels.zone"}, 0, {}};
  auto const web = create(wish);
  obey();
  auto const c = add_node("c", {{"zone", "y"}});
  settle();
  for (int i = 0; i < 5; ++i) {
    later(minutes(6));
  }
  EXPECT_EQ(on(web, c), 2);
}

}  // namespace
}  // namespace swarmward::scheduler
