#include "scheduler/orchestrator/scale_down.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;

class ScaleDownTest : public ClusterFixture {
 protected:
  void scale(model::ServiceId const& id, std::uint64_t replicas) {
    update(id, [&](auto& changed) { changed.mode = model::Replicated{replicas}; });
  }
  [[nodiscard]] std::vector<model::Slot> slots(model::ServiceId const& id) const {
    std::vector<model::Slot> found;
    for (auto const& task : wanted(id)) {
      found.push_back(task->slot);
    }
    return found;
  }
};

TEST_F(ScaleDownTest, TheUnplacedGoFirst) {
  add_node("a");
  auto wish = spec(3);
  wish.task.resources = model::ResourceRequirements{};
  wish.task.resources->reservations = model::Resources{2'000'000'000, 0, {}};
  auto const web = create(wish);
  obey();
  model::Slot pending = 0;
  for (auto const& task : wanted(web)) {
    pending = task->node_id.empty() ? task->slot : pending;
  }
  scale(web, 2);
  EXPECT_EQ(wanted(web).size(), 2U);
  EXPECT_THAT(slots(web), testing::Not(testing::Contains(pending)));
}

TEST_F(ScaleDownTest, TheFailingGoBeforeTheHealthy) {
  add_node("a");
  auto const web = create(spec(3));
  obey();
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  scale(web, 2);
  EXPECT_THAT(slots(web), testing::ElementsAre(2, 3));
}

TEST_F(ScaleDownTest, WhatHasEndedForGoodGoesBeforeWhatRuns) {
  auto const a = add_node("a");
  auto const b = add_node("b");
  auto wish = spec(4);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::None, {}, {}, {}};
  auto const web = create(wish);
  obey();
  auto ends = TaskState::Complete;
  for (auto const& task : wanted(web)) {
    if (task->node_id == a) {
      observe(task->id, ends, "");
      ends = TaskState::Failed;
    }
  }
  EXPECT_EQ(on(web, a), 0) << "all ended, and nothing took their places";
  scale(web, 3);
  EXPECT_EQ(on(web, b), 2);
  scale(web, 2);
  EXPECT_EQ(on(web, b), 2) << "though their node is the fullest";
  scale(web, 1);
  EXPECT_EQ(on(web, b), 1);
}

TEST_F(ScaleDownTest, TasksOnPausedNodesGoBeforeOthers) {
  auto const a = add_node("a");
  auto const b = add_node("b");
  auto const web = create(spec(4));
  obey();
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Pause; });
  scale(web, 2);
  EXPECT_EQ(on(web, b), 2);
}

TEST_F(ScaleDownTest, BranchesStayEven) {
  add_node("a", {{"zone", "x"}});
  auto const b = add_node("b", {{"zone", "y"}});
  auto const c = add_node("c", {{"zone", "y"}});
  auto wish = spec(6);
  wish.task.placement = model::Placement{{}, {"node.labels.zone"}, 0, {}};
  auto const web = create(wish);
  obey();
  scale(web, 2);
  EXPECT_EQ(on(web, b) + on(web, c), 1);
}

TEST_F(ScaleDownTest, TheFullestNodeGivesFirst) {
  auto const a = add_node("a");
  auto const web = create(spec(3));
  obey();
  auto const b = add_node("b");
  scale(web, 4);
  obey();
  EXPECT_EQ(on(web, b), 1);
  scale(web, 2);
  EXPECT_EQ(on(web, a), 1);
  EXPECT_EQ(on(web, b), 1);
}

}  // namespace
}  // namespace swarmward::scheduler
