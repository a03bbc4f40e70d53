#include "scheduler/updater/side_by_side.h"

#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::FailureAction;
using model::TaskState;
using model::UpdateState;
using std::chrono::minutes;
using std::chrono::seconds;

class SideBySideTest : public UpdateFixture {
 protected:
  static void third_image(model::ServiceSpec& changed) {
    changed.task.container->image = "nginx:3";
  }
};

TEST_F(SideBySideTest, AnOvertakenUpdateLeavesOneTask) {
  add_node("a");
  auto const web = create(start_first(1, FailureAction::Continue));
  obey();
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Running);
  update(web, third_image);
  EXPECT_EQ(of_image(web, "nginx").size(), 1U) << "the only one that has proven itself";
  EXPECT_TRUE(of_image(web, "nginx:2").empty());
  auto const third = of_image(web, "nginx:3");
  ASSERT_EQ(third.size(), 1U);
  observe(third[0]->id, TaskState::Failed, "x");
  obey();
  EXPECT_EQ(wanted(web).size(), 1U);
}

TEST_F(SideBySideTest, OfTwoFromBeforeTheNewerStaysIfItHasProvenItself) {
  add_node("a");
  auto slow = start_first(1);
  slow.update->monitor = minutes(1);
  auto const web = create(slow);
  obey();
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Running);
  advance(seconds(30));
  update(web, [](auto& changed) {
    changed.update->monitor = seconds(5);
    third_image(changed);
  });
  EXPECT_TRUE(of_image(web, "nginx").empty());
  EXPECT_EQ(of_image(web, "nginx:2").size(), 1U);
}

TEST_F(SideBySideTest, AMoveOfLongAgoSavesNobody) {
  add_node("a");
  add_node("b");
  auto const web = create(start_first(1));
  obey();
  auto const node = wanted(web)[0]->node_id;
  edit_node(node, drain);
  obey();
  ASSERT_EQ(with_origin(web, model::TaskOrigin::Move).size(), 1U);
  update(web, new_image);
  observe(fresh(web)->id, TaskState::Running);
  ASSERT_EQ(wanted(web).size(), 2U);
  update(web, third_image);
  EXPECT_EQ(of_image(web, "nginx").size(), 1U);
  EXPECT_EQ(new_ones(web), 0U);
}

TEST_F(SideBySideTest, OfTwoThatBothDoTheOneThatHasProvenItselfStays) {
  add_node("a");
  add_node("b");
  auto const web = create(start_first(1));
  obey();
  advance(minutes(1));
  auto const first = wanted(web)[0];
  update(web, [&](auto& changed) {
    changed.task.placement.emplace().constraints = {"node.id != " + first->node_id.str()};
  });
  ASSERT_EQ(wanted(web).size(), 2U);
  auto const second = wanted(web)[wanted(web)[0]->id == first->id ? 1 : 0]->id;
  observe(second, TaskState::Running);
  roll_back(web);  // The older one has the spec again; the newer one meets it, too.
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(wanted(web)[0]->id, first->id);
  run_out();
  EXPECT_EQ(state(web), UpdateState::RollbackCompleted);
  EXPECT_EQ(wanted(web).size(), 1U);
}

TEST_F(SideBySideTest, TwoThatBothDoAreNoticedWithoutAnUpdate) {
  add_node("a");
  add_node("b");
  auto const web = create(start_first(1));
  obey();
  auto const first = wanted(web)[0];
  auto const away = [&](auto& changed) {
    changed.task.placement.emplace().constraints = {"node.id != " + first->node_id.str()};
  };
  update(web, away);
  ASSERT_EQ(wanted(web).size(), 2U);
  update(web, [](auto& changed) { changed.task.placement->constraints.clear(); });
  EXPECT_EQ(wanted(web).size(), 1U);
  run_out();
  EXPECT_EQ(wanted(web).size(), 1U);
}

TEST_F(SideBySideTest, ANewTaskOfAnEarlierUpdateHasNoMoreTimeToRunThanAnyOther) {
  add_node("a");
  auto const web = create(start_first(1, FailureAction::Continue));
  obey();
  update(web, new_image);
  auto const first = fresh(web)->id;
  observe(first, TaskState::Starting);
  advance(minutes(5));
  update(web, [](auto& changed) { changed.annotations.labels["again"] = "1"; });
  ASSERT_EQ(fresh(web)->id, first) << "the same container is asked for";
  advance(minutes(9));
  ASSERT_EQ(fresh(web)->id, first);
  EXPECT_LE(wake_, clock_.now() + minutes(1));
  advance(minutes(1));
  obey();
  ASSERT_EQ(new_ones(web), 1U);
  EXPECT_NE(fresh(web)->id, first) << "this update makes its own attempt";
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(new_ones(web), 1U);
}

}  // namespace
}  // namespace swarmward::scheduler
