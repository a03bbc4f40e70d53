// Updates whose tasks have to leave their nodes meanwhile.
#include <gmock/gmock.h>

#include "scheduler/testing/update_fixture.h"
#include "scheduler/updater/update_plan.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using model::UpdateState;
using std::chrono::seconds;

class UpdateAndMovesTest : public UpdateFixture {};

TEST_F(UpdateAndMovesTest, ANodeLostInTheMiddleDoesNotHoldItUp) {
  add_node("a");
  auto const web = create(updatable(2, {1, {}, {}, {}, 0, {}}));
  obey();
  add_node("b");
  update(web, new_image);
  stop_old(web);
  auto const fresh = wanted(web)[0];
  ASSERT_EQ(fresh->origin, model::TaskOrigin::Update);
  auto const lost = fresh->node_id;
  observe(fresh->id, TaskState::Preparing);
  edit_node(lost, [](auto& node) { node.status.state = model::NodeState::Down; });
  for (int i = 0; i < 10; ++i) {
    for (auto const& task : tasks(web)) {
      bool const starting = is_wanted(*task) && task->status.state >= TaskState::Assigned &&
                            task->status.state < TaskState::Running &&
                            task->desired_state == TaskState::Running;
      if (task->node_id != lost && starting) {
        observe(task->id, TaskState::Running);
      } else if (task->node_id != lost && !is_wanted(*task) &&
                 !model::is_terminal(task->status.state)) {
        observe(task->id, TaskState::Shutdown);
      }
    }
    advance(seconds(5));
  }
  EXPECT_EQ(new_ones(web), 2U);
  EXPECT_EQ(state(web), UpdateState::Completed);
}

TEST_F(UpdateAndMovesTest, ANodeLostWithAllThatIsLeftToDoDoesNotEndIt) {
  auto const a = add_node("a");
  auto const web = create(updatable(2, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  add_node("b");
  edit_node(a, [](model::Node& node) { node.status.state = model::NodeState::Down; });
  EXPECT_EQ(state(web), UpdateState::Updating);
  run_out();
  EXPECT_EQ(state(web), UpdateState::Completed);
  EXPECT_EQ(new_ones(web), 2U);
}

TEST_F(UpdateAndMovesTest, APlaceWhoseTaskIsJustBeingMovedWaits) {
  auto const a = add_node("a");
  auto const web = create(updatable(1, {1, {}, {}, {}, 0, {}}));
  obey();
  add_node("b");
  change([&](state::Draft& draft) -> Result<void> {
    auto node = *draft.view().find_node(a);
    drain(node);
    draft.put(node);
    return {};
  });
  update(web, new_image);  // One plan sees both.
  auto const moved = with_origin(web, model::TaskOrigin::Move).size();
  EXPECT_EQ(moved + with_origin(web, model::TaskOrigin::Update).size(), 1U) << "one takes over";
  run_out();
  EXPECT_EQ(new_ones(web), 1U);
  EXPECT_EQ(wanted(web).size(), 1U);
  EXPECT_EQ(state(web), UpdateState::Completed);
}

}  // namespace
}  // namespace swarmward::scheduler
