#include "scheduler/restart/restart_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;

class RestartTest : public UpdateFixture {
 protected:
  static model::ServiceSpec once(std::uint64_t replicas) {
    auto wish = spec(replicas);
    wish.task.restart = model::RestartPolicy{model::RestartCondition::None, {}, {}, {}};
    return wish;
  }
  static void go_down(model::Node& node) { node.status.state = model::NodeState::Down; }
  void forget(model::NodeId const& id) {
    change([&](state::Draft& draft) -> Result<void> {
      draft.erase(id);
      return {};
    });
    settle();
  }
};

TEST_F(RestartTest, ARemovedNodesTasksAreReplacedWhateverThePolicy) {
  auto const a = add_node("a");
  auto const web = create(once(1));
  obey();
  auto const b = add_node("b");
  forget(a);
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->node_id, b);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running) << "without a delay";
}

TEST_F(RestartTest, InfrastructureUsesUpNoAttempt) {
  auto const a = add_node("a");
  auto wish = spec(2);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::Any, Duration(0), 1, {}};
  auto const web = create(wish);
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  obey();
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Active; });
  edit_node(b, go_down);
  obey();
  ASSERT_EQ(wanted(web).size(), 2U);
  for (auto const& task : wanted(web)) {
    EXPECT_TRUE(task->restarts.empty());
  }
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(wanted(web).size(), 2U) << "one attempt is left";
}

TEST_F(RestartTest, DelaysGrowWhileAPlaceFails) {
  add_node("a");
  auto const web = create(spec(1));
  std::vector<Duration> delays;
  for (int i = 0; i < 4; ++i) {
    obey();
    observe(wanted(web)[0]->id, TaskState::Failed, "x");
    delays.push_back(wake_ - clock_.now());
    advance(wake_ - clock_.now());
  }
  EXPECT_EQ(delays[0], seconds(5));
  EXPECT_GE(delays[1], seconds(10));
  EXPECT_GE(delays[3], seconds(40));
  EXPECT_LE(delays[3], seconds(44));
  obey();
  advance(minutes(6));
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(wake_, clock_.now() + seconds(5)) << "it had run long enough";
}

TEST_F(RestartTest, TheLabelKeepsDelaysAsTheyAre) {
  add_node("a");
  auto wish = spec(1);
  wish.annotations.labels["ward.restart.backoff"] = "off";
  auto const web = create(wish);
  for (int i = 0; i < 4; ++i) {
    obey();
    observe(wanted(web)[0]->id, TaskState::Failed, "x");
    EXPECT_EQ(wake_, clock_.now() + seconds(5));
    advance(seconds(5));
  }
}

TEST_F(RestartTest, WhatItsEngineTookAlongIsReplacedWhateverThePolicySays) {
  add_node("a");
  auto wish = spec(1);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::None, seconds(5), 1, {}};
  auto const web = create(wish);
  for (int i = 0; i < 3; ++i) {
    obey();
    auto const lost = wanted(web)[0]->id;
    observe(lost, TaskState::Shutdown);
    ASSERT_EQ(wanted(web).size(), 1U);
    EXPECT_NE(wanted(web)[0]->id, lost);
    EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running) << "without a delay";
  }
}

TEST_F(RestartTest, ScalingDoesNotForgetAttempts) {
  add_node("a");
  auto wish = spec(1);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::Any, Duration(0), 2, {}};
  auto const web = create(wish);
  obey();
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  obey();
  update(web, [](auto& changed) { changed.mode = model::Replicated{2}; });
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  obey();
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  obey();
  ASSERT_EQ(wanted(web).size(), 1U) << "two attempts in the first slot, and no more";
  EXPECT_EQ(wanted(web)[0]->slot, 2U);
}

TEST_F(RestartTest, TasksOfADeadNodeAreOrphanedInTheEndAndNotForgotten) {
  auto const a = add_node("a");
  auto const web = create(spec(2));
  obey();
  add_node("b");
  edit_node(a, go_down);
  auto const left = [&] {
    return std::ranges::count_if(tasks(web), [&](auto const& task) { return task->node_id == a; });
  };
  auto const orphans = [&] {
    return std::ranges::count_if(
        tasks(web), [](auto const& task) { return task->status.state == TaskState::Orphaned; });
  };
  advance(minutes(4));
  EXPECT_EQ(orphans(), 0);
  advance(minutes(1));
  EXPECT_EQ(orphans(), 2);
  remove(web);
  EXPECT_EQ(left(), 2) << "their containers may still run";
  edit_node(a, [](auto& node) { node.status.state = model::NodeState::Ready; });
  EXPECT_EQ(left(), 0);
}

TEST_F(RestartTest, AnEndedSlotIsHeldWhateverTheHistoryLimit) {
  add_node("a");
  auto const web = create(once(1));
  change([](state::Draft& draft) -> Result<void> {
    model::Cluster cluster;
    cluster.spec.task_history_limit = 0;
    draft.put(cluster);
    return {};
  });
  obey();
  observe(wanted(web)[0]->id, TaskState::Complete);
  EXPECT_TRUE(wanted(web).empty());
  EXPECT_EQ(tasks(web).size(), 1U);
}

TEST_F(RestartTest, OldTasksAreWaitedForAMinuteAtMost) {
  auto const a = add_node("a");
  auto const web = create(spec(2));
  obey();
  add_node("b");
  edit_node(a, drain);
  advance(seconds(59));
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready);
  advance(seconds(1));
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running);
}

}  // namespace
}  // namespace swarmward::scheduler
