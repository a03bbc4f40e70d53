#include "scheduler/updater/update_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using model::UpdateState;
using std::chrono::minutes;
using std::chrono::seconds;

class UpdateTest : public UpdateFixture {};

TEST_F(UpdateTest, ReplacesOneSlotAtATimeStoppingFirst) {
  add_node("a");
  auto const web = create(updatable(3, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  EXPECT_EQ(state(web), UpdateState::Updating);
  EXPECT_EQ(message(web), "update in progress");
  EXPECT_EQ(new_ones(web), 1U);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready) << "it waits for the old one to stop";
  stop_old(web);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running);
  observe(wanted(web)[0]->id, TaskState::Running);
  EXPECT_EQ(new_ones(web), 1U) << "it is watched first";
  advance(seconds(5));
  EXPECT_EQ(new_ones(web), 2U);
  obey();
  advance(seconds(5));
  obey();
  EXPECT_EQ(new_ones(web), 3U);
  EXPECT_EQ(state(web), UpdateState::Updating);
  advance(seconds(5));
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(message(web), "update completed");
}

TEST_F(UpdateTest, WithoutTheGateTheNextSlotFollowsAtOnce) {
  add_node("a");
  auto wish = updatable(2, {1, {}, {}, {}, 0, {}});
  wish.annotations.labels["ward.update.gate"] = "off";
  auto const web = create(wish);
  obey();
  update(web, new_image);
  stop_old(web);
  observe(wanted(web)[0]->id, TaskState::Running);
  EXPECT_EQ(new_ones(web), 2U);
  obey();
  EXPECT_EQ(state(web), UpdateState::Updating) << "the last one is still watched";
  advance(seconds(5));
  EXPECT_EQ(state(web), UpdateState::Completed);
}

TEST_F(UpdateTest, DelayHoldsTheWorkerBack) {
  add_node("a");
  auto const web = create(updatable(2, {1, seconds(8), {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  obey();
  EXPECT_EQ(new_ones(web), 1U);
  advance(seconds(7));
  EXPECT_EQ(new_ones(web), 1U);
  advance(seconds(1));
  EXPECT_EQ(new_ones(web), 2U);
}

TEST_F(UpdateTest, ParallelismIsHowManyAtOnce) {
  add_node("a");
  auto const some = create(updatable(4, {2, {}, {}, {}, 0, {}}));
  obey();
  update(some, new_image);
  EXPECT_EQ(new_ones(some), 2U);
  auto wish = updatable(4, {0, {}, {}, {}, 0, {}});
  wish.annotations.name = "all";
  auto const all = create(wish);
  obey();
  update(all, new_image);
  EXPECT_EQ(new_ones(all), 4U);
}

TEST_F(UpdateTest, WhatIsNotPartOfTheTaskReplacesNothing) {
  add_node("a");
  auto const web = create(spec(2));
  obey();
  update(web, [](auto& changed) { changed.annotations.labels["a"] = "b"; });
  update(web, [](auto& changed) { changed.mode = model::Replicated{3}; });
  update(web, [](auto& changed) { changed.update = model::UpdateConfig{}; });
  update(web, [](auto& changed) {
    changed.task.placement = model::Placement{{"node.hostname == a"}, {}, 0, {}};
  });
  EXPECT_FALSE(state(web));
  EXPECT_TRUE(with_origin(web, model::TaskOrigin::Update).empty());
  update(web, [](auto& changed) { changed.task.placement->constraints = {"node.hostname == zz"}; });
  EXPECT_FALSE(with_origin(web, model::TaskOrigin::Update).empty());
}

TEST_F(UpdateTest, ForceUpdateAndPortsReplaceAll) {
  add_node("a");
  auto const web = create(spec(1));
  obey();
  update(web, [](auto& changed) { changed.task.force_update = 1; });
  EXPECT_EQ(with_origin(web, model::TaskOrigin::Update).size(), 1U);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  auto const before = wanted(web)[0]->id;
  update(web, [](auto& changed) { changed.endpoint = model::EndpointSpec{}; });
  EXPECT_NE(wanted(web)[0]->id, before);
}

TEST_F(UpdateTest, AFailureStopsTheUpdateAndASecondTryGoesOn) {
  add_node("a");
  auto const web = create(updatable(3, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  stop_old(web);
  auto const failed = wanted(web)[0]->id;
  observe(failed, TaskState::Failed, "task: non-zero exit (1)");
  EXPECT_EQ(state(web), UpdateState::Paused);
  EXPECT_EQ(message(web),
            "update paused due to failure or early termination of task " + failed.str());
  advance(seconds(60));
  EXPECT_TRUE(with_origin(web, model::TaskOrigin::Update).empty());
  EXPECT_EQ(of_image(web, "nginx").size(), 2U);
  update(web, [](auto& changed) { changed.task.container->image = "nginx:3"; });
  EXPECT_EQ(state(web), UpdateState::Updating);
  EXPECT_EQ(of_image(web, "nginx:3").front()->slot, 1U) << "the broken one first";
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(of_image(web, "nginx:3").size(), 3U);
}

TEST_F(UpdateTest, AnEarlyEndWithSuccessIsAFailureToo) {
  add_node("a");
  auto const web = create(updatable(2, {1, {}, {}, seconds(20), 0, {}}));
  obey();
  update(web, new_image);
  obey();
  advance(seconds(19));
  observe(of_image(web, "nginx:2")[0]->id, TaskState::Complete);
  EXPECT_EQ(state(web), UpdateState::Paused);
}

TEST_F(UpdateTest, SomeMayFail) {
  add_node("a");
  auto const web = create(updatable(4, {1, {}, {}, {}, 0.5, {}}));
  obey();
  update(web, new_image);
  stop_old(web);
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::Updating);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(new_ones(web), 4U);
}

TEST_F(UpdateTest, OnPauseStopLeavesFailuresAlone) {
  add_node("a");
  auto wish = updatable(2, {1, {}, {}, {}, 0, {}});
  wish.annotations.labels["ward.update.onpause"] = "stop";
  auto const web = create(wish);
  obey();
  update(web, new_image);
  obey();
  observe(of_image(web, "nginx:2")[0]->id, TaskState::Failed, "x");
  ASSERT_EQ(state(web), UpdateState::Paused);
  advance(seconds(6));
  obey();
  for (auto const& task : of_image(web, "nginx:2")) {  // The one that was already on its way.
    observe(task->id, TaskState::Failed, "x");
  }
  advance(minutes(10));
  EXPECT_EQ(wanted(web).size(), 1U);
  update(web, [](auto& changed) { changed.task.container->image = "nginx:3"; });
  run_out();
  EXPECT_EQ(of_image(web, "nginx:3").size(), 2U);
}

TEST_F(UpdateTest, ATaskThatDoesNotRunInTimeHasFailed) {
  add_node("a");
  auto wish = updatable(2, {1, {}, {}, {}, 0, {}});
  wish.annotations.labels["ward.update.deadline"] = "2m";
  auto const web = create(wish);
  obey();
  update(web, [](auto& changed) {
    new_image(changed);
    changed.task.placement = model::Placement{{"node.labels.gone == yes"}, {}, 0, {}};
  });
  obey();
  advance(seconds(119));
  EXPECT_EQ(state(web), UpdateState::Updating);
  auto const stuck = of_image(web, "nginx:2")[0]->id.str();
  advance(seconds(1));
  EXPECT_EQ(state(web), UpdateState::Paused);
  EXPECT_EQ(message(web), "update paused due to failure or early termination of task " + stuck);
}

TEST_F(UpdateTest, OfSeveralThatDoNotRunTheOldestIsLookedAtInTime) {
  add_node("a");
  auto const web = create(updatable(2, {2, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  stop_old(web);
  advance(minutes(1));
  observe(wanted(web)[0]->id, TaskState::Orphaned);  // The first slot gets a younger one.
  auto const due = wanted(web)[1]->meta.created_at + minutes(10);
  EXPECT_LE(wake_, due);
  advance(due - clock_.now());
  EXPECT_EQ(state(web), UpdateState::Paused);
}

TEST_F(UpdateTest, ASlotKeepsItsOldSpecUntilItsTurn) {
  add_node("a");
  auto const web = create(updatable(3, {1, {}, {}, {}, 0, {}}));
  obey();
  advance(minutes(10));
  update(web, new_image);
  obey();
  auto const last = wanted(web)[2];
  ASSERT_EQ(last->spec->container->image, "nginx");
  observe(last->id, TaskState::Failed, "x");
  auto const again = wanted(web)[2];
  EXPECT_EQ(again->origin, model::TaskOrigin::Restart);
  EXPECT_EQ(again->spec->container->image, "nginx");
  EXPECT_EQ(again->spec_version, last->spec_version);
  EXPECT_EQ(state(web), UpdateState::Updating) << "not a failure of the update";
  run_out();
  EXPECT_EQ(new_ones(web), 3U);
  EXPECT_EQ(state(web), UpdateState::Completed);
}

TEST_F(UpdateTest, ASecondUpdateTakesOver) {
  add_node("a");
  auto const web = create(updatable(3, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  stop_old(web);
  update(web, [](auto& changed) { changed.task.container->image = "nginx:3"; });
  EXPECT_EQ(state(web), UpdateState::Updating);
  EXPECT_EQ(of_image(web, "nginx:3").front()->slot, 1U);
  run_out();
  EXPECT_EQ(of_image(web, "nginx:3").size(), 3U);
  EXPECT_EQ(state(web), UpdateState::Completed);
}

}  // namespace
}  // namespace swarmward::scheduler
