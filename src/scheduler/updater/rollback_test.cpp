#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::FailureAction;
using model::TaskState;
using model::UpdateState;
using std::chrono::seconds;

class RollbackTest : public UpdateFixture {};

TEST_F(RollbackTest, AFailureCanRollBack) {
  add_node("a");
  auto const web = create(updatable(2, {1, {}, FailureAction::Rollback, {}, 0, {}}));
  obey();
  auto const untouched = wanted(web)[1]->id;
  update(web, new_image);
  stop_old(web);
  auto const failed = wanted(web)[0]->id;
  observe(failed, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::RollbackStarted);
  EXPECT_EQ(message(web),
            "update rolled back due to failure or early termination of task " + failed.str());
  EXPECT_EQ(service(web)->spec->task.container->image, "nginx");
  ASSERT_TRUE(service(web)->previous_spec);
  EXPECT_EQ(service(web)->previous_spec->task.container->image, "nginx:2") << "for a second try";
  run_out();
  EXPECT_EQ(state(web), UpdateState::RollbackCompleted);
  EXPECT_EQ(message(web), "rollback completed");
  EXPECT_EQ(of_image(web, "nginx").size(), 2U);
  EXPECT_EQ(wanted(web)[1]->id, untouched);
}

TEST_F(RollbackTest, ByHandTwiceIsBackAgain) {
  add_node("a");
  auto const web = create(updatable(2, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  run_out();
  roll_back(web);
  EXPECT_EQ(message(web), "manually requested rollback");
  run_out();
  EXPECT_EQ(state(web), UpdateState::RollbackCompleted);
  EXPECT_EQ(of_image(web, "nginx").size(), 2U);
  roll_back(web);
  run_out();
  EXPECT_EQ(new_ones(web), 2U);
}

TEST_F(RollbackTest, AFailedRollbackStaysPaused) {
  add_node("a");
  auto wish = updatable(2, {1, {}, {}, {}, 0, {}});
  wish.rollback = model::UpdateConfig{1, {}, FailureAction::Rollback, {}, 0, {}};
  auto const web = create(wish);
  obey();
  update(web, new_image);
  run_out();
  roll_back(web);
  stop_old(web);
  auto const failed = of_image(web, "nginx")[0]->id;
  observe(failed, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::RollbackPaused);
  EXPECT_EQ(message(web),
            "rollback paused due to failure or early termination of task " + failed.str());
  run_out();
  EXPECT_EQ(state(web), UpdateState::RollbackPaused);
}

TEST_F(RollbackTest, WithAPauseConfiguredTheTextIsThatOfAnUpdate) {
  add_node("a");
  auto const web = create(updatable(1, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  run_out();
  roll_back(web);
  stop_old(web);
  auto const failed = of_image(web, "nginx")[0]->id;
  observe(failed, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::RollbackPaused);
  EXPECT_EQ(message(web),
            "update paused due to failure or early termination of task " + failed.str());
}

TEST_F(RollbackTest, AnEndedSlotIsRolledBackInTurnToo) {
  add_node("a");
  auto wish = updatable(1, {1, {}, FailureAction::Rollback, {}, 0, {}});
  wish.task.restart = model::RestartPolicy{model::RestartCondition::None, {}, {}, {}};
  auto const web = create(wish);
  obey();
  update(web, new_image);
  stop_old(web);
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(state(web), UpdateState::RollbackStarted);
  run_out();
  EXPECT_EQ(state(web), UpdateState::RollbackCompleted);
  EXPECT_EQ(of_image(web, "nginx").size(), 1U);
}

}  // namespace
}  // namespace swarmward::scheduler
