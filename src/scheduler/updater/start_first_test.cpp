#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::FailureAction;
using model::TaskState;
using model::UpdateState;
using std::chrono::minutes;
using std::chrono::seconds;

class StartFirstTest : public UpdateFixture {};

TEST_F(StartFirstTest, TheOldOneGoesOnceTheNewOneHasProvenItself) {
  add_node("a");
  auto const web = create(start_first(1));
  obey();
  update(web, new_image);
  ASSERT_EQ(wanted(web).size(), 2U);
  EXPECT_EQ(fresh(web)->desired_state, TaskState::Running);
  observe(fresh(web)->id, TaskState::Running);
  advance(seconds(4));
  EXPECT_EQ(wanted(web).size(), 2U);
  advance(seconds(1));
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(new_ones(web), 1U);
  obey();
  EXPECT_EQ(state(web), UpdateState::Completed);
}

TEST_F(StartFirstTest, AFailureLeavesTheOldOneAndPauses) {
  add_node("a");
  auto const web = create(start_first(2));
  obey();
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Running);
  advance(seconds(3));
  observe(fresh(web)->id, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::Paused);
  advance(minutes(5));
  EXPECT_EQ(of_image(web, "nginx").size(), 2U);
  EXPECT_EQ(new_ones(web), 0U);
  update(web, [](auto& changed) { changed.annotations.labels["again"] = "1"; });
  EXPECT_EQ(of_image(web, "nginx").size(), 2U) << "the old one waits for proof again";
  EXPECT_EQ(new_ones(web), 1U);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(new_ones(web), 2U);
}

TEST_F(StartFirstTest, ContinueKeepsTheOldOneWhereTheNewOneFailed) {
  add_node("a");
  auto const web = create(start_first(2, FailureAction::Continue));
  obey();
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Failed, "task: non-zero exit (137)");
  ASSERT_EQ(new_ones(web), 1U);
  EXPECT_EQ(fresh(web)->slot, 2U);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  ASSERT_EQ(wanted(web).size(), 2U);
  EXPECT_EQ(of_image(web, "nginx").at(0)->slot, 1U);
  EXPECT_EQ(of_image(web, "nginx").at(0)->status.state, TaskState::Running);
}

TEST_F(StartFirstTest, ATaskThatNeverRunsIsTakenAwayAgain) {
  add_node("a");
  auto const web = create(start_first(1, FailureAction::Continue));
  obey();
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Starting);
  advance(minutes(10));
  EXPECT_EQ(new_ones(web), 0U);
  EXPECT_EQ(of_image(web, "nginx").size(), 1U);
  stop_old(web);
  EXPECT_EQ(state(web), UpdateState::Completed);
  advance(minutes(30));
  EXPECT_EQ(new_ones(web), 0U);
}

TEST_F(StartFirstTest, ARollbackKeepsTheOldOnes) {
  add_node("a");
  auto const web = create(start_first(1, FailureAction::Rollback));
  obey();
  auto const old = wanted(web)[0]->id;
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Failed, "x");
  run_out();
  EXPECT_EQ(state(web), UpdateState::RollbackCompleted);
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->id, old);
}

TEST_F(StartFirstTest, APauseTakesAwayWhatIsNotProven) {
  add_node("a");
  auto wish = start_first(3);
  wish.update->parallelism = 2;
  auto const web = create(wish);
  obey();
  update(web, new_image);
  auto const both = of_image(web, "nginx:2");
  ASSERT_EQ(both.size(), 2U);
  observe(both[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::Paused);
  EXPECT_EQ(new_ones(web), 0U);
  EXPECT_EQ(of_image(web, "nginx").size(), 3U);
}

TEST_F(StartFirstTest, HostPortsFallBackToStopFirst) {
  add_node("a");
  auto wish = start_first(1);
  wish.endpoint = model::EndpointSpec{};
  wish.endpoint->ports = {{"", {}, 80, 8080, model::PublishMode::Host}};
  auto const web = create(wish);
  obey();
  update(web, new_image);
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(fresh(web)->desired_state, TaskState::Ready);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
}

TEST_F(StartFirstTest, TheLimitPerNodeSparesTheNewOne) {
  add_node("a");
  auto wish = start_first(1);
  wish.task.placement = model::Placement{{}, {}, 1, {}};
  auto const web = create(wish);
  obey();
  update(web, new_image);
  // The limit of replicas per node spares the task that takes the old one's place.
  EXPECT_EQ(of_image(web, "nginx").size(), 1U);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(new_ones(web), 1U);
}

TEST_F(StartFirstTest, AnOldOneThatDoesNotRunIsNotWaitedFor) {
  add_node("a");
  auto const web = create(start_first(1));
  obey();
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  update(web, new_image);
  EXPECT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(new_ones(web), 1U);
}

}  // namespace
}  // namespace swarmward::scheduler
