#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using model::UpdateState;
using std::chrono::seconds;

class UpdateTest : public ClusterFixture {
 protected:
  static model::ServiceSpec updatable(std::uint64_t replicas, model::UpdateConfig config) {
    auto wish = spec(replicas);
    wish.update = config;
    return wish;
  }
  static void new_image(model::ServiceSpec& changed) { changed.task.container->image = "nginx:2"; }

  [[nodiscard]] std::ptrdiff_t made_new(model::ServiceId const& id) const {
    return std::ranges::count_if(wanted(id), [](auto const& task) { return task->by_update; });
  }
};

TEST_F(UpdateTest, ReplacesOneSlotAtATimeStoppingFirst) {
  add_node("a");
  auto const web = create(updatable(3, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  EXPECT_EQ(service(web)->update_status->state, UpdateState::Updating);
  EXPECT_EQ(service(web)->update_status->message, "update in progress");
  EXPECT_EQ(made_new(web), 1);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Ready) << "it waits for the old one to stop";
  auto const all = tasks(web);
  auto const old = *std::ranges::find_if(all, [](auto const& t) { return !is_wanted(*t); });
  observe(old->id, TaskState::Shutdown);
  EXPECT_EQ(wanted(web)[0]->desired_state, TaskState::Running);
  EXPECT_EQ(made_new(web), 1);
  observe(wanted(web)[0]->id, TaskState::Running);
  EXPECT_EQ(made_new(web), 2);
  obey();
  EXPECT_EQ(made_new(web), 3);
  EXPECT_EQ(service(web)->update_status->state, UpdateState::Updating);
  advance(seconds(5));
  EXPECT_EQ(service(web)->update_status->state, UpdateState::Completed);
  EXPECT_EQ(service(web)->update_status->message, "update completed");
}

TEST_F(UpdateTest, DelayHoldsTheWorkerBack) {
  add_node("a");
  auto const web = create(updatable(2, {1, seconds(3), {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  obey();
  EXPECT_EQ(made_new(web), 1);
  advance(seconds(3));
  EXPECT_EQ(made_new(web), 2);
}

TEST_F(UpdateTest, ParallelismZeroMeansAllAtOnce) {
  add_node("a");
  auto const web = create(updatable(4, {0, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  EXPECT_EQ(made_new(web), 4);
}

TEST_F(UpdateTest, WhatIsNotPartOfTheTaskReplacesNothing) {
  add_node("a");
  auto const web = create(spec(2));
  obey();
  update(web, [](auto& changed) { changed.annotations.labels["a"] = "b"; });
  update(web, [](auto& changed) { changed.mode = model::Replicated{3}; });
  update(web, [](auto& changed) {
    changed.task.placement = model::Placement{{"node.hostname == a"}, {}, 0, {}};
  });
  EXPECT_FALSE(service(web)->update_status);
  EXPECT_EQ(made_new(web), 0);
  update(web, [](auto& changed) { changed.task.placement->constraints = {"node.hostname == zz"}; });
  EXPECT_GE(made_new(web), 1);
}

TEST_F(UpdateTest, AFailureStopsTheUpdate) {
  add_node("a");
  auto const web = create(updatable(3, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web, new_image);
  std::string failed;
  for (auto const& task : tasks(web)) {
    if (!is_wanted(*task)) {
      observe(task->id, TaskState::Shutdown);
    }
  }
  failed = wanted(web)[0]->id.str();
  observe(wanted(web)[0]->id, TaskState::Failed, "task: non-zero exit (1)");
  EXPECT_EQ(service(web)->update_status->state, UpdateState::Paused);
  EXPECT_EQ(service(web)->update_status->message,
            "update paused due to failure or early termination of task " + failed);
  advance(seconds(60));
  EXPECT_EQ(made_new(web), 0);
}

TEST_F(UpdateTest, AFailureCanRollBack) {
  add_node("a");
  auto const web = create(updatable(2, {1, {}, model::FailureAction::Rollback, {}, 0, {}}));
  obey();
  update(web, new_image);
  for (auto const& task : tasks(web)) {
    if (!is_wanted(*task)) {
      observe(task->id, TaskState::Shutdown);
    }
  }
  observe(wanted(web)[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(service(web)->update_status->state, UpdateState::RollbackStarted);
  EXPECT_EQ(service(web)->spec->task.container->image, "nginx");
  for (int i = 0; i < 20; ++i) {
    obey();
    advance(seconds(5));
  }
  EXPECT_EQ(service(web)->update_status->state, UpdateState::RollbackCompleted);
  for (auto const& task : wanted(web)) {
    EXPECT_EQ(task->spec->container->image, "nginx");
  }
}

TEST_F(UpdateTest, ANodeLostInTheMiddleDoesNotHoldItUp) {
  add_node("a");
  auto const web = create(updatable(2, {1, {}, {}, {}, 0, {}}));
  obey();
  add_node("b");
  update(web, new_image);
  for (auto const& task : tasks(web)) {
    if (!is_wanted(*task) && !model::is_terminal(task->status.state)) {
      observe(task->id, TaskState::Shutdown);
    }
  }
  auto const fresh = wanted(web)[0];
  ASSERT_TRUE(fresh->by_update);
  auto const lost = fresh->node_id;
  observe(fresh->id, TaskState::Preparing);
  edit_node(lost, [](auto& node) { node.status.state = model::NodeState::Down; });
  for (int i = 0; i < 10; ++i) {
    for (auto const& task : tasks(web)) {
      if (task->node_id != lost && is_wanted(*task) &&
          task->status.state >= TaskState::Assigned && task->status.state < TaskState::Running &&
          task->desired_state == TaskState::Running) {
        observe(task->id, TaskState::Running);
      } else if (task->node_id != lost && !is_wanted(*task) &&
                 !model::is_terminal(task->status.state)) {
        observe(task->id, TaskState::Shutdown);
      }
    }
    advance(seconds(5));
  }
  for (auto const& task : wanted(web)) {
    EXPECT_EQ(task->spec->container->image, "nginx:2");
  }
  EXPECT_EQ(service(web)->update_status->state, UpdateState::Completed);
}

TEST_F(UpdateTest, StartFirstRetiresTheOldOneOnlyOnceTheNewOneRuns) {
  add_node("a");
  auto const web = create(updatable(1, {1, {}, {}, {}, 0, model::UpdateOrder::StartFirst}));
  obey();
  auto const old = wanted(web)[0]->id;
  update(web, new_image);
  EXPECT_EQ(wanted(web).size(), 2U);
  for (auto const& task : wanted(web)) {
    if (task->id != old) {
      observe(task->id, TaskState::Running);
    }
  }
  ASSERT_EQ(wanted(web).size(), 1U);
  EXPECT_NE(wanted(web)[0]->id, old);
}

}  // namespace
}  // namespace swarmward::scheduler
