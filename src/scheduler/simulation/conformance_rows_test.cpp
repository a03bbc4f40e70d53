// Rows of the table of conformance that take minutes of waiting elsewhere; each test names its row.
// W: where Swarmward does better than the table's native behaviour on purpose.
#include "scheduler/simulation/story_fixture.h"

namespace swarmward::scheduler::simulation {
namespace {

using model::TaskState;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class ConformanceRow : public StoryTest {
 protected:
  static model::RestartPolicy attempts(std::uint64_t most, Duration delay, Duration window) {
    return {model::RestartCondition::Any, delay, most, window};
  }
  bool is_down(std::string const& host) {
    return node(host)->status.state == model::NodeState::Down;
  }
  bool is_ready(std::string const& host) {
    return node(host)->status.state == model::NodeState::Ready;
  }
};

TEST_F(ConformanceRow, Row008_AttemptsAreCounted) {
  add_hosts({"a"});
  auto wish = spec("exit-1");
  wish.task.restart = attempts(2, Duration(0), Duration(0));
  auto const web = create(wish);
  run(minutes(30));
  EXPECT_EQ(tasks(web).size(), 3U);
  EXPECT_TRUE(wanted(web).empty());
}

TEST_F(ConformanceRow, Row010_AWindowForgetsAttempts) {
  add_hosts({"a"});
  auto wish = spec("exit-1");
  wish.task.restart = attempts(2, seconds(3), Duration(0));
  auto const bounded = create(wish);
  wish.annotations.name = "windowed";
  wish.task.restart = attempts(2, seconds(3), seconds(2));
  auto const windowed = create(wish);
  run(hours(2));
  EXPECT_EQ(tasks(bounded).size(), 3U);
  EXPECT_TRUE(wanted(bounded).empty());
  EXPECT_EQ(wanted(windowed).size(), 1U) << "it is tried for ever";
}

TEST_F(ConformanceRow, Row011_RowW4_TriesOfAMissingImageGetRarer) {
  add_hosts({"a"});
  auto const web = create(spec("missing"));
  std::vector<Time> made;
  model::TaskId last;
  for (auto const end = now() + hours(2); now() < end; run(milliseconds(200))) {
    auto const newest = tasks(web).back();
    if (newest->id != last) {
      last = newest->id;
      made.push_back(now());
    }
  }
  ASSERT_GT(made.size(), 10U);
  auto gap = Duration(0);
  for (std::size_t i = 2; i < made.size(); ++i) {  // The second is made when the first has failed.
    auto const next = made[i] - made[i - 1];
    EXPECT_GE(next, std::min<Duration>(gap, minutes(5)) - seconds(40)) << "try " << i;
    EXPECT_GE(next, seconds(4)) << "try " << i;
    gap = next;
  }
  EXPECT_GE(gap, minutes(5));
  EXPECT_LE(gap, minutes(6));
  EXPECT_GE(count(web, TaskState::Rejected), 4);
  EXPECT_THAT(tasks(web).front()->status.err, testing::HasSubstr("No such image"));
}

TEST_F(ConformanceRow, Row022_AProcessThatIgnoresTermHasItsGraceAndNoMore) {
  add_hosts({"a"});
  auto wish = spec("stubborn");
  wish.task.container->stop_grace_period = seconds(4);
  auto const web = create(wish);
  run(seconds(20));
  ASSERT_EQ(running(web), 1);
  change([&](state::Draft& draft) { return remove_service(draft, web); });
  auto const stopped = wait_until([&] { return engine("a").containers().empty(); }, minutes(1));
  EXPECT_GE(stopped, seconds(4));
  EXPECT_LE(stopped, seconds(6));
  EXPECT_LE(wait_until([&] { return tasks(web).empty(); }, minutes(1)), seconds(1));
}

TEST_F(ConformanceRow, Row059_AKilledNodeIsDownAndItsTasksAreReplaced) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{4}));
  run(seconds(20));
  ASSERT_EQ(running(web), 4);
  auto const lost = head().tasks_on(node("b")->id);
  ASSERT_EQ(lost.size(), 2U);
  engine("b").power_off();
  auto const took = wait_until([&] { return is_down("b"); }, minutes(1));
  EXPECT_GE(took, seconds(11));
  EXPECT_LE(took, seconds(17));
  EXPECT_EQ(node("b")->status.message, "heartbeat failure");
  run(milliseconds(100));
  for (auto const& task : lost) {
    EXPECT_EQ(head().find_task(task->id)->desired_state, TaskState::Shutdown);
    EXPECT_EQ(head().find_task(task->id)->status.state, TaskState::Running);
  }
  EXPECT_LE(wait_until([&] { return running(web) == 4; }, minutes(1)), seconds(15));
}

TEST_F(ConformanceRow, Row060_ANodeThatReturnsStopsWhatWasReplaced) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{4}));
  run(seconds(20));
  auto const lost = head().tasks_on(node("b")->id);
  engine("b").cut_link();
  run(minutes(2));
  ASSERT_EQ(running(web), 4);
  EXPECT_EQ(engine("b").containers().at(lost[0]->id).phase, Phase::Running);
  engine("b").restore(SimEngine::After::ContainersExited);
  auto const stopped = [&] {
    return std::ranges::all_of(lost, [&](auto const& task) {
      return head().find_task(task->id)->status.state == TaskState::Shutdown &&
             engine("b").containers().at(task->id).phase == Phase::Exited;
    });
  };
  EXPECT_LE(wait_until(stopped, minutes(1)), seconds(5));
  EXPECT_TRUE(is_ready("b"));
  EXPECT_EQ(running(web), 4);
}

TEST_F(ConformanceRow, Row061_AFrozenNodeKeepsItsTasks) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{4}));
  run(seconds(20));
  engine("b").cut_link();
  engine("a").stall(seconds(8));
  run(seconds(8));
  engine("b").restore(SimEngine::After::ContainersExited);
  run(minutes(5));
  EXPECT_EQ(tasks(web).size(), 4U);
  EXPECT_EQ(running(web), 4);
}

TEST_F(ConformanceRow, Row063_ARemovedNodesTasksAreOrphansAndAreReplaced) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{2}));
  run(seconds(20));
  auto const id = node("b")->id;
  auto const lost = head().tasks_on(id).front()->id;
  change([&](state::Draft& draft) { return remove_node(draft, id); });
  run(milliseconds(10));
  EXPECT_EQ(head().find_task(lost)->status.state, TaskState::Orphaned);
  EXPECT_EQ(head().find_task(lost)->status.message,
            "Task belonged to a node that has been deleted");
  EXPECT_LE(wait_until([&] { return running(web) == 2; }, minutes(1)), seconds(10));
}

TEST_F(ConformanceRow, Row091_HistoryIsKeptToTheLimit) {
  add_hosts({"a"});
  auto wish = spec("exit-1");
  wish.task.restart = model::RestartPolicy{};
  wish.task.restart->delay = seconds(1);
  auto const web = create(wish);
  for (auto const end = now() + hours(3); now() < end; run(seconds(5))) {
    ASSERT_LE(tasks(web).size(), 5U);
  }
  EXPECT_EQ(tasks(web).size(), 5U);
}

TEST_F(ConformanceRow, Row092_WithoutHistoryOnlyTheLiveTaskStays) {
  add_hosts({"a"});
  change([](state::Draft& draft) { return set_history_limit(draft, 0); });
  auto const web = create(spec("exit-1"));
  run(minutes(20));
  EXPECT_EQ(tasks(web).size(), 1U);
}

TEST_F(ConformanceRow, Row096_RowW12_AGlobalJobsAttemptsAreLimited) {
  add_hosts({"a"});
  auto wish = spec("exit-1", model::GlobalJob{});
  wish.task.restart = attempts(1, Duration(0), Duration(0));
  auto const job = create(wish);
  run(hours(1));
  EXPECT_EQ(tasks(job).size(), 2U);
}

TEST_F(ConformanceRow, Row097_RowW12_AJobsTasksLeaveADrainedNodeAndADeadOne) {
  add_hosts({"a"});
  auto const job = create(spec("long", model::ReplicatedJob{2, 2}));
  run(seconds(20));
  ASSERT_EQ(running(job), 2);
  add_hosts({"b"});
  set_availability("a", model::Availability::Drain);
  wait_until([&] { return running(job) == 2; }, minutes(2));
  for (auto const& task : wanted(job)) {
    EXPECT_EQ(task->node_id, node("b")->id);
  }
  set_availability("a", model::Availability::Active);
  engine("b").power_off();
  EXPECT_LE(wait_until([&] { return is_down("b") && running(job) == 2; }, minutes(2)), seconds(40));
  for (auto const& task : wanted(job)) {
    EXPECT_EQ(task->node_id, node("a")->id);
  }
}

TEST_F(ConformanceRow, Row114_ADaemonThatRestartsLosesItsTasksButNotTheService) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{4}));
  run(seconds(20));
  engine("b").stop_daemon(false);
  run(seconds(8));
  engine("b").restore(SimEngine::After::ContainersExited);
  EXPECT_LE(wait_until([&] { return count(web, TaskState::Failed) == 2; }, minutes(1)), seconds(2));
  EXPECT_LE(wait_until([&] { return running(web) == 4; }, minutes(1)), seconds(12));
  EXPECT_TRUE(is_ready("b"));
}

TEST_F(ConformanceRow, Row114_WithLiveRestoreNothingIsReplaced) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{4}));
  run(seconds(20));
  engine("b").stop_daemon(true);
  run(seconds(8));
  engine("b").restore(SimEngine::After::ContainersExited);
  run(minutes(5));
  EXPECT_EQ(tasks(web).size(), 4U);
  EXPECT_EQ(running(web), 4);
}

TEST_F(ConformanceRow, RowW13_TasksOfADeadNodeAreOrphansAfterFiveMinutesAndStaySoForADay) {
  add_hosts({"a", "b"});
  auto const web = create(spec("steady", model::Replicated{2}));
  run(seconds(20));
  auto const lost = head().tasks_on(node("b")->id).front()->id;
  engine("b").cut_link();
  wait_until([&] { return is_down("b"); }, minutes(1));
  run(minutes(5) - seconds(1));
  EXPECT_EQ(head().find_task(lost)->status.state, TaskState::Running);
  run(seconds(2));
  EXPECT_EQ(head().find_task(lost)->status.state, TaskState::Orphaned);
  run(hours(25));
  ASSERT_TRUE(head().find_task(lost)) << "its container may still run";
  EXPECT_EQ(tasks(web).size(), 3U);
  EXPECT_EQ(running(web), 2);
  engine("b").restore(SimEngine::After::ContainersExited);
  auto const gone = [&] {
    auto const container = engine("b").containers().find(lost);
    return container == engine("b").containers().end() || container->second.phase == Phase::Exited;
  };
  EXPECT_LE(wait_until(gone, minutes(2)), seconds(5));
}

TEST_F(ConformanceRow, RowW4_DelaysGrowUpToFiveMinutes) {
  add_hosts({"a"});
  auto wish = spec("exit-1");
  wish.task.restart = model::RestartPolicy{};
  wish.task.restart->delay = seconds(2);
  auto const web = create(wish);
  std::vector<Duration> delays;
  model::TaskId last;
  for (auto const end = now() + hours(1); now() < end; run(milliseconds(200))) {
    auto const newest = tasks(web).back();
    if (newest->id != last && newest->start_not_before > newest->meta.created_at) {
      last = newest->id;
      delays.push_back(newest->start_not_before - newest->meta.created_at);
    }
  }
  ASSERT_GE(delays.size(), 10U);
  for (std::size_t i = 0; i < delays.size(); ++i) {
    auto const plain =
        std::min<Duration>(seconds(2) * (1LL << std::min<std::size_t>(i, 10)), minutes(5));
    EXPECT_GE(delays[i], plain - milliseconds(1)) << "delay " << i;
    EXPECT_LE(delays[i], plain + plain / 10) << "delay " << i;
  }
}

}  // namespace
}  // namespace swarmward::scheduler::simulation
