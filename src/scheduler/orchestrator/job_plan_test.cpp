#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::seconds;

class JobTest : public ClusterFixture {
 protected:
  static model::ServiceSpec job(std::uint64_t at_once, std::uint64_t total) {
    auto wish = spec(0);
    wish.mode = model::ReplicatedJob{at_once, total};
    return wish;
  }
  static model::ServiceSpec global_job() {
    auto wish = spec(0);
    wish.mode = model::GlobalJob{};
    return wish;
  }
  static model::RestartPolicy attempts(std::uint64_t most) {
    return {model::RestartCondition::OnFailure, Duration(0), most, {}};
  }

  /// Those that run, or are about to.
  [[nodiscard]] std::vector<state::TaskPtr> going(model::ServiceId const& id) const {
    auto all = wanted(id);
    std::erase_if(all, [](auto const& task) { return model::is_terminal(task->status.state); });
    return all;
  }
  [[nodiscard]] std::ptrdiff_t completed(model::ServiceId const& id) const {
    auto const iteration = service(id)->job_status->iteration;
    return std::ranges::count_if(tasks(id), [&](auto const& task) {
      return task->status.state == TaskState::Complete && task->job_iteration == iteration;
    });
  }
  void complete_all(model::ServiceId const& id) {
    for (int round = 0; round < 20 && !going(id).empty(); ++round) {
      obey();
      for (auto const& task : going(id)) {
        observe(task->id, TaskState::Complete);
      }
    }
  }
  void fail_all(model::ServiceId const& id) {
    for (int round = 0; round < 20 && !going(id).empty(); ++round) {
      obey();
      for (auto const& task : going(id)) {
        observe(task->id, TaskState::Failed, "task: non-zero exit (1)");
      }
      advance(seconds(1));
    }
  }
};

TEST_F(JobTest, RunsToItsTotalAFewAtATime) {
  add_node("a");
  auto const batch = create(job(2, 5));
  std::set<model::Slot> slots;
  for (int done = 0; done < 5; ++done) {
    obey();
    auto const now = going(batch);
    EXPECT_EQ(now.size(), std::min<std::size_t>(2, static_cast<std::size_t>(5 - done)));
    for (auto const& task : now) {
      EXPECT_EQ(task->desired_state, TaskState::Complete);
      EXPECT_EQ(task->job_iteration, 0U);
      slots.insert(task->slot);
    }
    observe(now.front()->id, TaskState::Complete);
  }
  EXPECT_THAT(slots, testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(completed(batch), 5);
  EXPECT_TRUE(going(batch).empty());
  EXPECT_FALSE(service(batch)->update_status);
}

TEST_F(JobTest, AnyMeansOnFailure) {
  add_node("a");
  auto const batch = create(job(1, 1));
  obey();
  advance(seconds(100));
  observe(going(batch)[0]->id, TaskState::Failed, "x");
  ASSERT_EQ(going(batch).size(), 1U);
  EXPECT_EQ(going(batch)[0]->desired_state, TaskState::Ready);
  EXPECT_EQ(going(batch)[0]->slot, 0U);
  advance(seconds(5));
  EXPECT_EQ(going(batch)[0]->desired_state, TaskState::Complete);
  complete_all(batch);
  EXPECT_EQ(completed(batch), 1);
}

TEST_F(JobTest, AnUpdateRunsItAgainAndEndsWhatStillGoes) {
  add_node("a");
  auto const batch = create(job(1, 2));
  obey();
  observe(going(batch)[0]->id, TaskState::Complete);
  obey();
  auto const old = going(batch)[0]->id;
  update(batch, [](auto& changed) { changed.annotations.labels["a"] = "b"; });
  auto const left = store_.head().find_task(old);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->desired_state, TaskState::Remove);
  ASSERT_EQ(going(batch).size(), 1U);
  EXPECT_EQ(going(batch)[0]->job_iteration, 1U);
  complete_all(batch);
  EXPECT_EQ(completed(batch), 2);
}

TEST_F(JobTest, HistoryOfOlderIterationsIsKeptToTheLimit) {
  add_node("a");
  auto const batch = create(job(1, 2));
  complete_all(batch);
  for (int i = 0; i < 9; ++i) {
    update(batch, [&](auto& changed) { changed.annotations.labels["a"] = std::to_string(i); });
    complete_all(batch);
  }
  EXPECT_EQ(completed(batch), 2);
  EXPECT_EQ(tasks(batch).size(), 10U) << "five of each slot";
}

TEST_F(JobTest, UsedUpAttemptsStayUsedUpUntilAnUpdate) {
  add_node("a");
  auto wish = job(2, 2);
  wish.task.restart = attempts(1);
  auto const batch = create(wish);
  obey();
  observe(going(batch)[1]->id, TaskState::Complete);
  fail_all(batch);
  EXPECT_EQ(tasks(batch).size(), 3U) << "one completed, one tried twice";
  add_node("b");
  settle();
  advance(seconds(600));
  EXPECT_TRUE(going(batch).empty());
  update(batch, [](auto& changed) { changed.task.force_update = 1; });
  EXPECT_EQ(going(batch).size(), 2U);
}

TEST_F(JobTest, TasksLeaveALostNode) {
  auto const a = add_node("a");
  auto wish = job(1, 1);
  wish.task.restart = model::RestartPolicy{model::RestartCondition::None, {}, {}, {}};
  auto const batch = create(wish);
  obey();
  auto const b = add_node("b");
  edit_node(a, drain);
  obey();
  ASSERT_EQ(going(batch).size(), 1U);
  EXPECT_EQ(going(batch)[0]->node_id, b);
  EXPECT_EQ(going(batch)[0]->desired_state, TaskState::Complete);
  edit_node(a, activate);
  edit_node(b, [](auto& node) { node.status.state = model::NodeState::Down; });
  ASSERT_EQ(going(batch).size(), 1U);
  EXPECT_EQ(going(batch)[0]->node_id, a);
}

TEST_F(JobTest, WhatItsEngineCutOffIsRunAgain) {
  add_node("a");
  auto limited = job(1, 1);
  limited.task.restart = attempts(1);
  auto everywhere = global_job();
  everywhere.task.restart = attempts(1);
  for (auto const& id : {create(limited), create(everywhere)}) {
    for (int i = 0; i < 3; ++i) {
      obey();
      ASSERT_EQ(going(id).size(), 1U) << i;
      observe(going(id)[0]->id, TaskState::Shutdown);
    }
    complete_all(id);
    EXPECT_EQ(completed(id), 1);
  }
}

TEST_F(JobTest, AGlobalJobRunsOnceOnEachNode) {
  auto const a = add_node("a");
  auto const batch = create(global_job());
  complete_all(batch);
  EXPECT_EQ(completed(batch), 1);
  add_node("b");
  settle();
  ASSERT_EQ(going(batch).size(), 1U) << "a new node gets its task at once";
  EXPECT_NE(going(batch)[0]->node_id, a);
  complete_all(batch);
  EXPECT_EQ(completed(batch), 2);
  edit_node(a, drain);
  edit_node(a, activate);
  EXPECT_TRUE(going(batch).empty()) << "it has completed there";
  update(batch, [](auto& changed) { changed.annotations.labels["a"] = "b"; });
  EXPECT_EQ(going(batch).size(), 2U);
  complete_all(batch);
  EXPECT_EQ(tasks(batch).size(), 2U) << "older iterations leave nothing behind";
}

TEST_F(JobTest, AGlobalJobsAttemptsAreLimited) {
  add_node("a");
  auto wish = global_job();
  wish.task.restart = attempts(1);
  auto const batch = create(wish);
  fail_all(batch);
  EXPECT_EQ(tasks(batch).size(), 2U);
  advance(seconds(600));
  EXPECT_TRUE(going(batch).empty());
}

TEST_F(JobTest, AGlobalJobGoesOnWhenItsNodeComesBack) {
  auto const a = add_node("a");
  auto const batch = create(global_job());
  obey();
  edit_node(a, drain);
  EXPECT_TRUE(wanted(batch).empty());
  obey();
  EXPECT_TRUE(going(batch).empty());
  edit_node(a, activate);
  ASSERT_EQ(going(batch).size(), 1U);
  complete_all(batch);
  EXPECT_EQ(completed(batch), 1);
}

TEST_F(JobTest, ARemovedJobLeavesNothing) {
  add_node("a");
  auto const batch = create(job(2, 3));
  obey();
  observe(going(batch)[0]->id, TaskState::Complete);
  remove(batch);
  obey();
  EXPECT_TRUE(tasks(batch).empty());
}

}  // namespace
}  // namespace swarmward::scheduler
