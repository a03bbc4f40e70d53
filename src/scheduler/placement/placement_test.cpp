#include "scheduler/placement/placement.h"

#include "scheduler/placement/testing/placement_fixture.h"

namespace swarmward::scheduler {
namespace {

TEST_F(PlacementTest, SpreadsWithinOneAndByTheZonesFirst) {
  for (int i = 0; i < 30; ++i) {
    add_node({{"zone", i < 6 ? "small" : "large"}});
  }
  auto made = spec();
  made->task.placement->spread_preferences = {"node.labels.zone"};
  auto const service = add_tasks(made, 60);
  place();
  std::map<std::string, std::map<model::NodeId, int>> count;
  for (auto const& task : head_.tasks_of(service)) {
    auto const& labels = head_.find_node(task->node_id)->spec.annotations.labels;
    ++count[labels.at("zone")][task->node_id];
  }
  EXPECT_EQ(count["small"].size(), 6U);
  EXPECT_EQ(count["large"].size(), 24U);
  for (auto const& [node, tasks] : count["small"]) {
    EXPECT_EQ(tasks, 5);
  }
  for (auto const& [node, tasks] : count["large"]) {
    EXPECT_THAT(tasks, testing::AnyOf(1, 2));
  }
}

TEST_F(PlacementTest, BinpackFillsOneNodeAfterTheOther) {
  for (int i = 0; i < 4; ++i) {
    add_node();
  }
  auto made = spec();
  made->annotations.labels["ward.strategy"] = "binpack";
  made->task.resources->reservations->nano_cpus = 1LL << 30;
  auto const service = add_tasks(made, 6);
  place();
  std::map<model::NodeId, int> count;
  for (auto const& task : head_.tasks_of(service)) {
    ++count[task->node_id];
  }
  ASSERT_EQ(count.size(), 2U);
  EXPECT_EQ(std::max(count.begin()->second, count.rbegin()->second), 4);
}

TEST_F(PlacementTest, WhoWaitsIsLookedAtAgainAndNeverForgotten) {
  add_node();
  auto made = spec();
  made->task.placement->constraints = {"node.labels.disk == ssd"};
  auto const task = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  EXPECT_EQ(err_of(task), "no suitable node (scheduling constraints not satisfied on 1 node)");
  EXPECT_FALSE(placement_.due());
  add_node();
  EXPECT_TRUE(placement_.due());
  place();
  EXPECT_EQ(err_of(task), "no suitable node (scheduling constraints not satisfied on 2 nodes)");
  EXPECT_LE(placement_.wake(), now_ + Placement::kSweep);
  auto const ssd = add_node({{"disk", "ssd"}});
  place();
  EXPECT_EQ(node_of(task), ssd);
  EXPECT_EQ(placement_.wake(), Time::max());
}

TEST_F(PlacementTest, ATaskThatNamesItsNodeIsConfirmedOrToldWhyNot) {
  auto const a = add_node();
  auto const made = spec();
  auto task = make_task(made, model::ServiceId(next_id('s')), 0);
  task.node_id = a;
  change([&](state::Draft& draft) { draft.put(task); });
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Pause; });
  place();
  EXPECT_EQ(err_of(task.id), "1 node not available for new tasks");
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Active; });
  place();
  EXPECT_EQ(head_.find_task(task.id)->status.message,
            "scheduler confirmed task can run on preassigned node");
}

}  // namespace
}  // namespace swarmward::scheduler
