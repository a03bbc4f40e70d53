#include "scheduler/placement/testing/placement_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;

TEST_F(PlacementTest, AStoppingTaskHoldsItsShareUntilItHasStopped) {
  add_node();
  auto made = spec();
  made->task.resources->reservations->nano_cpus = 1LL << 32;
  auto const first = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  edit_task(first, [](auto& task) { task.desired_state = TaskState::Shutdown; });
  auto const second = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  EXPECT_EQ(err_of(second), "no suitable node (insufficient resources on 1 node)");
  EXPECT_FALSE(placement_.due());
  end(first, TaskState::Shutdown);
  EXPECT_TRUE(placement_.due());
  place();
  EXPECT_FALSE(node_of(second).empty());
  EXPECT_EQ(err_of(second), "");
}

TEST_F(PlacementTest, TheTaskThatIsTakenOverDoesNotCountAsAReplica) {
  auto const a = add_node();
  auto made = spec();
  made->task.placement->max_replicas = 1;
  model::ServiceId const service(next_id('s'));
  add_task(made, service, 1);
  place();
  auto const other = add_task(made, service, 2);
  auto const successor = add_task(made, service, 1);
  place();
  EXPECT_EQ(node_of(successor), a);
  EXPECT_EQ(err_of(other), "no suitable node (max replicas per node limit exceed)");
}

TEST_F(PlacementTest, NamedUnitsAreHandedOutOnce) {
  auto const a = add_node();
  edit_node(a, [](auto& node) {
    node.description.resources.generic = {{"GPU", 0, "one"}, {"GPU", 0, "two"}, {"SSD", 3, ""}};
  });
  auto made = spec();
  made->task.resources->reservations->generic = {{"GPU", 1, ""}, {"SSD", 1, ""}};
  model::ServiceId const service(next_id('s'));
  std::vector<model::TaskId> tasks;
  for (model::Slot slot = 1; slot <= 3; ++slot) {
    tasks.push_back(add_task(made, service, slot));
    place();
  }
  using Units = std::vector<model::GenericResource>;
  auto const units = [&](std::size_t at) -> Units {
    return head_.find_task(tasks[at])->generic_resources;
  };
  EXPECT_EQ(units(0), (Units{{"GPU", 0, "one"}, {"SSD", 1, ""}}));
  EXPECT_EQ(units(1), (Units{{"GPU", 0, "two"}, {"SSD", 1, ""}}));
  EXPECT_EQ(err_of(tasks[2]), "no suitable node (insufficient resources on 1 node)");
  end(tasks[0], TaskState::Complete);
  place();
  EXPECT_EQ(units(2), (Units{{"GPU", 0, "one"}, {"SSD", 1, ""}}));
}

}  // namespace
}  // namespace swarmward::scheduler
