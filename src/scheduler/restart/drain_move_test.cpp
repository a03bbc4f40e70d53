#include "scheduler/restart/drain_move.h"

#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;

class DrainTest : public UpdateFixture {
 protected:
  static model::ServiceSpec start_first(std::uint64_t replicas, std::uint64_t parallelism) {
    return updatable(replicas, {parallelism, {}, {}, {}, 0, model::UpdateOrder::StartFirst});
  }
  [[nodiscard]] std::vector<state::TaskPtr> wanted_on(model::ServiceId const& id,
                                                      model::NodeId const& node) const {
    auto all = wanted(id);
    std::erase_if(all, [&](auto const& task) { return task->node_id != node; });
    return all;
  }
};

TEST_F(DrainTest, ASingleReplicaRunsOnUntilItsReplacementRuns) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  EXPECT_EQ(wanted_on(web, a).size(), 1U);
  ASSERT_EQ(wanted_on(web, b).size(), 1U);
  EXPECT_EQ(wanted_on(web, b)[0]->desired_state, TaskState::Running);
  observe(wanted_on(web, b)[0]->id, TaskState::Running);
  EXPECT_TRUE(wanted_on(web, a).empty());
  obey();
  EXPECT_EQ(wanted(web).size(), 1U);
}

TEST_F(DrainTest, AReplacementWhoseNodeIsDrainedTooIsReplacedItself) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  ASSERT_EQ(wanted_on(web, b).size(), 1U);
  observe(wanted_on(web, b)[0]->id, TaskState::Starting);
  auto const c = add_node("c");
  edit_node(b, drain);
  EXPECT_EQ(wanted_on(web, a).size(), 1U) << "it runs on";
  EXPECT_TRUE(wanted_on(web, b).empty());
  ASSERT_EQ(wanted_on(web, c).size(), 1U);
  stop_old(web);
  observe(wanted_on(web, c)[0]->id, TaskState::Running);
  EXPECT_TRUE(wanted_on(web, a).empty());
  EXPECT_EQ(wanted(web).size(), 1U);
}

TEST_F(DrainTest, WhatBearsNoTwinStopsFirst) {
  auto const a = add_node("a");
  auto with_port = spec(1);
  with_port.endpoint = model::EndpointSpec{};
  with_port.endpoint->ports = {{"", {}, 80, 8080, model::PublishMode::Host}};
  auto const web = create(with_port);
  auto with_volume = spec(1);
  with_volume.annotations.name = "db";
  with_volume.task.container->mounts = {
      {model::MountType::Volume, "data", "/data", false, {}, {}, {}}};
  auto const db = create(with_volume);
  obey();
  add_node("b");
  edit_node(a, drain);
  EXPECT_TRUE(wanted_on(web, a).empty());
  EXPECT_TRUE(wanted_on(db, a).empty());
  EXPECT_EQ(wanted(db)[0]->desired_state, TaskState::Ready);
}

TEST_F(DrainTest, MovesGoAtThePaceOfUpdates) {
  auto const a = add_node("a");
  auto const web = create(start_first(4, 1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  EXPECT_EQ(wanted_on(web, b).size(), 1U);
  EXPECT_EQ(wanted_on(web, a).size(), 4U);
  observe(wanted_on(web, b)[0]->id, TaskState::Running);
  EXPECT_EQ(wanted_on(web, a).size(), 3U);
  EXPECT_EQ(wanted_on(web, b).size(), 2U);
  obey();
  EXPECT_EQ(wanted_on(web, b).size(), 4U);
  EXPECT_EQ(wanted(web).size(), 4U);
}

TEST_F(DrainTest, TheWaitForReplacementsEnds) {
  auto const a = add_node("a");
  auto const web = create(start_first(2, 1));
  obey();
  edit_node(a, drain);
  EXPECT_EQ(wanted_on(web, a).size(), 2U) << "there is nowhere to go";
  advance(minutes(10));
  EXPECT_TRUE(wanted_on(web, a).empty());
  EXPECT_EQ(wanted(web).size(), 2U);
}

TEST_F(DrainTest, AFailedReplacementIsTriedAgainAfterTheDelay) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  observe(wanted_on(web, b)[0]->id, TaskState::Rejected, "No such image: nginx");
  ASSERT_EQ(wanted_on(web, b).size(), 1U);
  EXPECT_EQ(wanted_on(web, b)[0]->desired_state, TaskState::Ready);
  EXPECT_EQ(wanted_on(web, a).size(), 1U) << "the old one runs on meanwhile";
  advance(seconds(5));
  EXPECT_EQ(wanted_on(web, b)[0]->desired_state, TaskState::Running);
}

TEST_F(DrainTest, AMoveThatWentAheadDoesSoToItsEnd) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  ASSERT_EQ(wanted_on(web, b).size(), 1U);
  auto const mover = wanted_on(web, b)[0]->id;
  observe(mover, TaskState::Starting);
  update(web, [](auto& changed) { changed.mode = model::Replicated{2}; });
  EXPECT_EQ(wanted_on(web, a).size(), 1U) << "it runs on until the one that is told to start does";
  observe(mover, TaskState::Running);
  EXPECT_TRUE(wanted_on(web, a).empty());
}

TEST_F(DrainTest, WhatComesAfterAFailedMoverWaitsForTheOldOneToo) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  observe(wanted_on(web, b)[0]->id, TaskState::Running);
  auto const old = store_.head().tasks_on(a).at(0)->id;
  observe(wanted_on(web, b)[0]->id, TaskState::Failed, "x");
  advance(seconds(6));
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready) << "the first one still stops";
  observe(old, TaskState::Shutdown);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running);
}

TEST_F(DrainTest, ANodeThatMayStayNeedsNoReplacement) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const old = wanted(web)[0]->id;
  add_node("b");
  edit_node(a, drain);
  EXPECT_EQ(wanted(web).size(), 2U);
  edit_node(a, activate);
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->id, old);
}

TEST_F(DrainTest, ANodeThatGoesDownMeanwhileIsNotWaitedFor) {
  auto const a = add_node("a");
  auto const web = create(spec(1));
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  edit_node(a, [](auto& node) { node.status.state = model::NodeState::Down; });
  EXPECT_TRUE(wanted_on(web, a).empty());
  EXPECT_EQ(wanted_on(web, b).size(), 1U);
}

}  // namespace
}  // namespace swarmward::scheduler
