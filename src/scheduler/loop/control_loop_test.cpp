#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::milliseconds;
using std::chrono::seconds;

class ControlLoopTest : public ClusterFixture {};

TEST_F(ControlLoopTest, FillsSlotsAndSpreadsThem) {
  auto const a = add_node("a");
  auto const b = add_node("b");
  auto const web = create(spec(4));
  auto const all = wanted(web);
  ASSERT_EQ(all.size(), 4U);
  std::map<model::NodeId, int> per_node;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]->slot, i + 1);
    EXPECT_EQ(all[i]->status.state, TaskState::Assigned);
    EXPECT_EQ(all[i]->status.message, "scheduler assigned task to node");
    ++per_node[all[i]->node_id];
  }
  EXPECT_EQ(per_node[a], 2);
  EXPECT_EQ(per_node[b], 2);
}

TEST_F(ControlLoopTest, ATaskThatEndsIsReplacedAfterTheDelay) {
  add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const first = wanted(web)[0]->id;
  advance(seconds(60));
  observe(first, TaskState::Failed, "task: non-zero exit (1)");
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready);
  EXPECT_EQ(wake_, clock_.now() + seconds(5));
  advance(seconds(4));
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready);
  advance(seconds(1));
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running);
  EXPECT_EQ(tasks(web).size(), 2U);
}

TEST_F(ControlLoopTest, MaxAttemptsCountsReplacementsAndAnUpdateStartsAnew) {
  add_node("a");
  auto wish = spec(1);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::Any, Duration(0), 2, {}};
  auto const web = create(wish);
  auto const fail_all = [&] {
    for (int i = 0; i < 10 && !wanted(web).empty(); ++i) {
      observe(wanted(web)[0]->id, TaskState::Running);
      observe(wanted(web)[0]->id, TaskState::Failed, "x");
      advance(seconds(1));
    }
  };
  fail_all();
  EXPECT_EQ(tasks(web).size(), 3U);
  EXPECT_TRUE(wanted(web).empty());
  advance(seconds(60));
  EXPECT_TRUE(wanted(web).empty()) << "a finished slot stays finished";
  update(web, [](auto& changed) { changed.annotations.labels["a"] = "b"; });
  EXPECT_TRUE(wanted(web).empty()) << "for the same container too";
  update(web, [](auto& changed) { changed.task.force_update = 1; });
  EXPECT_EQ(wanted(web).size(), 1U);
}

TEST_F(ControlLoopTest, ConditionNoneKeepsTheSlotButNotAgainstALostNode) {
  auto const a = add_node("a");
  auto wish = spec(1);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::None, {}, {}, {}};
  auto const web = create(wish);
  obey();
  add_node("b");
  edit_node(a, drain);
  obey();
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->status.state, TaskState::Running);
  EXPECT_NE(wanted(web)[0]->node_id, a);
  observe(wanted(web)[0]->id, TaskState::Complete);
  advance(seconds(60));
  EXPECT_TRUE(wanted(web).empty());
}

TEST_F(ControlLoopTest, DrainWaitsForTheOldTaskButNotForTheDelay) {
  auto const a = add_node("a");
  auto const web = create(spec(2));
  obey();
  add_node("b");
  auto const old = wanted(web)[0]->id;
  edit_node(a, drain);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready);
  observe(old, TaskState::Shutdown);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running);
}

TEST_F(ControlLoopTest, ADownNodesTasksAreReplacedAtOnceAndItsOwnStayOnRecord) {
  auto const a = add_node("a");
  auto const web = create(spec(2));
  obey();
  add_node("b");
  edit_node(a, [](auto& node) { node.status.state = model::NodeState::Down; });
  auto const now_wanted = wanted(web);
  ASSERT_EQ(now_wanted.size(), 2U);
  for (auto const& task : now_wanted) {
    EXPECT_EQ(task->desired_state, TaskState::Running);
    EXPECT_NE(task->node_id, a);
  }
  EXPECT_EQ(tasks(web).size(), 4U);
}

TEST_F(ControlLoopTest, ScaleDownTakesTheFullestNodeAndHighestSlots) {
  add_node("a");
  auto const web = create(spec(5));
  obey();
  update(web, [](auto& changed) { changed.mode = model::Replicated{2}; });
  std::vector<model::Slot> slots;
  for (auto const& task : wanted(web)) {
    slots.push_back(task->slot);
  }
  EXPECT_THAT(slots, testing::ElementsAre(1, 2));
  obey();
  EXPECT_EQ(tasks(web).size(), 2U) << "removed tasks leave no history";
}

TEST_F(ControlLoopTest, RemovingTheServiceRemovesItsTasksOnceTheyHaveStopped) {
  add_node("a");
  auto const web = create(spec(3));
  obey();
  remove(web);
  for (auto const& task : tasks(web)) {
    EXPECT_EQ(task->desired_state, TaskState::Remove);
  }
  EXPECT_EQ(tasks(web).size(), 3U);
  obey();
  EXPECT_TRUE(tasks(web).empty());
}

TEST_F(ControlLoopTest, GlobalServicesFollowTheNodes) {
  auto const a = add_node("a");
  auto wish = spec(1);
  wish.mode = model::Global{};
  auto const web = create(wish);
  auto const b = add_node("b");
  settle();
  obey();
  ASSERT_EQ(wanted(web).size(), 2U);
  EXPECT_EQ(wanted(web)[0]->slot, 0U);
  edit_node(b, [](auto& node) { node.spec.availability = model::Availability::Pause; });
  EXPECT_EQ(wanted(web).size(), 2U);
  edit_node(a, drain);
  obey();
  ASSERT_EQ(wanted(web).size(), 1U);
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Active; });
  obey();
  EXPECT_EQ(wanted(web).size(), 2U);
}

TEST_F(ControlLoopTest, PendingTasksSayWhyAndArePlacedWhenItChanges) {
  auto const a = add_node("a");
  auto wish = spec(1);
  wish.task.placement = model::Placement{{"node.labels.disk == ssd"}, {}, 0, {}};
  auto const web = create(wish);
  EXPECT_EQ(wanted(web)[0]->status.err,
            "no suitable node (scheduling constraints not satisfied on 1 node)");
  edit_node(a, [](auto& node) { node.spec.annotations.labels["disk"] = "ssd"; });
  EXPECT_EQ(wanted(web)[0]->status.state, TaskState::Assigned);
  EXPECT_EQ(wanted(web)[0]->status.err, "");
  obey();
  edit_node(a, [](auto& node) { node.spec.annotations.labels.clear(); });
  obey();
  auto const all = tasks(web);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(std::ranges::any_of(all, [](auto const& task) {
    return task->status.state == TaskState::Rejected &&
           task->status.message == "task rejected by constraint enforcer" &&
           task->status.err == "assigned node no longer meets constraints";
  }));
}

TEST_F(ControlLoopTest, ARemovedNodesTasksAreOrphanedAndReplaced) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  add_node("b");
  change([&](state::Draft& draft) -> Result<void> {
    draft.erase(a);
    return {};
  });
  settle();
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_NE(wanted(web)[0]->node_id, a);
  EXPECT_TRUE(std::ranges::any_of(tasks(web), [](auto const& task) {
    return task->status.state == TaskState::Orphaned &&
           task->status.message == "Task belonged to a node that has been deleted";
  }));
}

TEST_F(ControlLoopTest, OfAGlobalServiceTheyGoWithTheNode) {
  auto const a = add_node("a");
  auto const b = add_node("b");
  auto wish = spec(1);
  wish.mode = model::Global{};
  auto const everywhere = create(wish);
  obey();
  ASSERT_EQ(tasks(everywhere).size(), 2U);
  change([&](state::Draft& draft) -> Result<void> {
    draft.erase(a);
    return {};
  });
  settle();
  ASSERT_EQ(tasks(everywhere).size(), 1U);
  EXPECT_EQ(tasks(everywhere)[0]->node_id, b);
}

TEST_F(ControlLoopTest, HistoryIsKeptToTheLimit) {
  add_node("a");
  auto const web = create(spec(1));
  for (int i = 0; i < 8; ++i) {
    obey();
    advance(seconds(10));
    observe(wanted(web)[0]->id, TaskState::Failed, "x");
    advance(seconds(10));
  }
  EXPECT_EQ(tasks(web).size(), 5U);
}

TEST_F(ControlLoopTest, ReservationsAreNeverOversubscribed) {
  add_node("a");
  auto wish = spec(5);
  wish.task.resources = model::ResourceRequirements{};
  wish.task.resources->reservations = model::Resources{1'000'000'000, 0, {}};
  auto const web = create(wish);
  int placed = 0;
  for (auto const& task : wanted(web)) {
    if (task->status.state == TaskState::Assigned) {
      ++placed;
    } else {
      EXPECT_EQ(task->status.err, "no suitable node (insufficient resources on 1 node)");
    }
  }
  EXPECT_EQ(placed, 4);
}

TEST_F(ControlLoopTest, SpreadPreferencesEvenOutBranches) {
  auto const a = add_node("a", {{"zone", "x"}});
  add_node("b", {{"zone", "y"}});
  add_node("c", {{"zone", "y"}});
  auto wish = spec(6);
  wish.task.placement = model::Placement{{}, {"node.labels.zone"}, 0, {}};
  auto const web = create(wish);
  EXPECT_EQ(std::ranges::count_if(wanted(web), [&](auto const& t) { return t->node_id == a; }), 3);
}

}  // namespace
}  // namespace swarmward::scheduler
