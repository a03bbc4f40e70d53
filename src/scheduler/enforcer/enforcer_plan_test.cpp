#include "scheduler/enforcer/enforcer_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::seconds;

class EnforcerTest : public ClusterFixture {
 protected:
  static model::ServiceSpec reserving(std::uint64_t replicas, model::Resources reserved) {
    auto wish = spec(replicas);
    wish.task.resources = model::ResourceRequirements{};
    wish.task.resources->reservations = std::move(reserved);
    return wish;
  }
  [[nodiscard]] std::ptrdiff_t count(model::ServiceId const& id, TaskState state) const {
    return std::ranges::count_if(tasks(id),
                                 [&](auto const& task) { return task->status.state == state; });
  }
};

TEST_F(EnforcerTest, ATaskThrownOutHoldsItsRoomUntilItHasStopped) {
  auto const a = add_node("a", {{"disk", "ssd"}});
  auto wish = spec(2);
  wish.task.placement = model::Placement{{"node.labels.disk == ssd"}, {}, 0, {}};
  wish.task.restart = model::RestartPolicy{model::RestartCondition::None, {}, {}, {}};
  auto const web = create(wish);
  obey();
  auto const b = add_node("b", {{"disk", "ssd"}});
  edit_node(a, [](auto& node) { node.spec.annotations.labels.clear(); });
  EXPECT_EQ(count(web, TaskState::Running), 2) << "still stopping";
  ASSERT_EQ(wanted(web).size(), 2U);
  for (auto const& task : wanted(web)) {
    EXPECT_EQ(task->node_id, b);
    EXPECT_EQ(task->desired_state, TaskState::Ready);
    EXPECT_EQ(task->origin, model::TaskOrigin::Move);
  }
  obey();
  EXPECT_EQ(count(web, TaskState::Rejected), 2);
  EXPECT_EQ(count(web, TaskState::Running), 2);
  for (auto const& task : tasks(web)) {
    if (task->status.state == TaskState::Rejected) {
      EXPECT_EQ(task->status.message, "task rejected by constraint enforcer");
      EXPECT_EQ(task->status.err, "assigned node no longer meets constraints");
      EXPECT_EQ(task->desired_state, TaskState::Shutdown);
    }
  }
}

TEST_F(EnforcerTest, TheOldestKeepTheirRoomWhenANodeShrinks) {
  auto const a = add_node("a");
  auto const web = create(reserving(4, {1'000'000'000, 0, {}}));
  obey();
  edit_node(a, [](auto& node) { node.description.resources.nano_cpus = 2'000'000'000; });
  obey();
  EXPECT_EQ(count(web, TaskState::Running), 2);
  EXPECT_EQ(count(web, TaskState::Rejected), 2);
  EXPECT_EQ(count(web, TaskState::Pending), 2);
}

TEST_F(EnforcerTest, GenericResourcesThatGoTakeTheirTasksAlong) {
  auto const a = add_node("a");
  edit_node(a, [](auto& node) { node.description.resources.generic = {{"GPU", 2, ""}}; });
  auto const web = create(reserving(2, {0, 0, {{"GPU", 1, ""}}}));
  obey();
  EXPECT_EQ(count(web, TaskState::Running), 2);
  edit_node(a, [](auto& node) { node.description.resources.generic = {{"GPU", 0, "one"}}; });
  obey();
  EXPECT_EQ(count(web, TaskState::Running), 1);
  EXPECT_EQ(count(web, TaskState::Rejected), 1);
}

TEST_F(EnforcerTest, PausedNodesAreLeftAlone) {
  auto const a = add_node("a", {{"disk", "ssd"}});
  auto wish = spec(1);
  wish.task.placement = model::Placement{{"node.labels.disk == ssd"}, {}, 0, {}};
  auto const web = create(wish);
  obey();
  edit_node(a, [](auto& node) {
    node.spec.availability = model::Availability::Pause;
    node.spec.annotations.labels.clear();
  });
  EXPECT_EQ(count(web, TaskState::Running), 1);
  EXPECT_EQ(tasks(web).size(), 1U);
}

}  // namespace
}  // namespace swarmward::scheduler
