#include "scheduler/orchestrator/global_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::Availability;
using model::FailureAction;
using model::UpdateOrder;
using model::UpdateState;

class GlobalPlanTest : public UpdateFixture {
 protected:
  static model::ServiceSpec global(UpdateOrder order, FailureAction action = {}) {
    auto wish = updatable(1, {0, {}, action, {}, 0, order});
    wish.mode = model::Global{};
    return wish;
  }
  void make(model::NodeId const& id, Availability availability) {
    edit_node(id, [&](auto& node) { node.spec.availability = availability; });
  }
};

TEST_F(GlobalPlanTest, AnUpdateGoesNodeByNode) {
  add_node("a");
  add_node("b");
  auto wish = global(UpdateOrder::StopFirst);
  wish.update->parallelism = 1;
  auto const web = create(wish);
  obey();
  update(web, new_image);
  EXPECT_EQ(new_ones(web), 1U);
  run_out();
  EXPECT_EQ(new_ones(web), 2U);
  EXPECT_EQ(state(web), UpdateState::Completed);
}

TEST_F(GlobalPlanTest, AnUpdateLeavesAPausedNodeAlone) {
  for (auto const order : {UpdateOrder::StopFirst, UpdateOrder::StartFirst}) {
    auto const a = add_node("a");
    add_node("b");
    auto const web = create(global(order));
    obey();
    make(a, Availability::Pause);
    update(web, new_image);
    run_out();
    EXPECT_EQ(state(web), UpdateState::Completed);
    auto const old = of_image(web, "nginx");
    ASSERT_EQ(old.size(), 1U);
    EXPECT_EQ(old[0]->node_id, a);
    remove(web);
    obey();
  }
}

TEST_F(GlobalPlanTest, ANodeThatIsActiveAgainCatchesUp) {
  auto const a = add_node("a");
  add_node("b");
  auto const web = create(global(UpdateOrder::StopFirst));
  obey();
  make(a, Availability::Pause);
  update(web, new_image);
  run_out();
  make(a, Availability::Active);
  EXPECT_EQ(wanted(web).size(), 2U);
  EXPECT_EQ(new_ones(web), 2U);
  EXPECT_EQ(state(web), UpdateState::Completed) << "as if the node had come late";
  obey();
  EXPECT_EQ(new_ones(web), 2U);
}

TEST_F(GlobalPlanTest, WhatAnUpdateGaveUpStays) {
  auto const a = add_node("a");
  auto const web = create(global(UpdateOrder::StartFirst, FailureAction::Continue));
  obey();
  update(web, new_image);
  observe(of_image(web, "nginx:2").at(0)->id, model::TaskState::Failed, "x");
  run_out();
  ASSERT_EQ(state(web), UpdateState::Completed);
  make(a, Availability::Pause);
  make(a, Availability::Active);
  EXPECT_EQ(new_ones(web), 0U);
  EXPECT_EQ(of_image(web, "nginx").size(), 1U);
}

}  // namespace
}  // namespace swarmward::scheduler
