#include "scheduler/placement/testing/placement_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;

TEST_F(PlacementTest, AnotherNodeIsPreferredWhereATaskCouldNotStart) {
  auto const a = add_node();
  auto const made = spec();
  auto const first = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  add_task(spec(), model::ServiceId(next_id('s')), 1);  // Makes the other node the fuller one.
  auto const b = add_node();
  place();
  add_task(spec(), model::ServiceId(next_id('s')), 1);
  place();
  ASSERT_EQ(node_of(first), a);
  end(first, TaskState::Rejected, "No such image: x");
  auto const service = head_.find_task(first)->service_id;
  auto const second = add_task(made, service, 1);
  place();
  EXPECT_EQ(node_of(second), b);
  end(second, TaskState::Rejected, "No such image: x");
  auto const third = add_task(made, service, 1);
  place();
  EXPECT_FALSE(node_of(third).empty()) << "better there than nowhere";
}

TEST_F(PlacementTest, ANodeWithManyFailuresOfTheServiceIsAvoidedForAWhile) {
  auto const a = add_node();
  auto const made = spec();
  model::ServiceId const service(next_id('s'));
  for (model::Slot slot = 1; slot <= 5; ++slot) {
    auto const task = add_task(made, service, slot);
    place();
    edit_task(task, [&](auto& edited) { edited.running_since = now_; });
    end(task, TaskState::Failed, "task: non-zero exit (1)");
  }
  auto const b = add_node();
  auto const filler = spec();
  for (int i = 0; i < 3; ++i) {
    edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Pause; });
    add_task(filler, model::ServiceId(next_id('s')), 1);
    place();
  }
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Active; });
  auto const avoiding = add_task(made, service, 9);
  place();
  EXPECT_EQ(node_of(avoiding), b);
  end(avoiding, TaskState::Complete);
  now_ += minutes(6);
  auto const later = add_task(made, service, 9);
  place();
  EXPECT_EQ(node_of(later), a);
}

TEST_F(PlacementTest, APortThatSomebodyElseHasIsBusyForFiveMinutes) {
  auto const a = add_node();
  auto made = spec();
  model::PortConfig port;
  port.publish_mode = model::PublishMode::Host;
  port.published_port = 8080;
  made->endpoint.emplace().ports.push_back(port);
  model::ServiceId const service(next_id('s'));
  auto const first = add_task(made, service, 1);
  place();
  ASSERT_EQ(node_of(first), a);
  end(first,
      TaskState::Failed,
      "starting container failed: Bind for 0.0.0.0:8080 failed: port is already allocated");
  auto const second = add_task(made, service, 1);
  place();
  EXPECT_EQ(err_of(second), "no suitable node (host-mode port already in use on 1 node)");
  now_ += minutes(5);
  ASSERT_LE(placement_.wake(), now_);
  place();
  EXPECT_EQ(node_of(second), a);
}

}  // namespace
}  // namespace swarmward::scheduler
