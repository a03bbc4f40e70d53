// Containers that end with their engine, against one that does as told.
#include "backends/runner/task_runner.h"
#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;

class TaskRunnerLossTest : public testing::RunnerFixture {
 protected:
  /// The engine's memory, told at its time 2000.
  void remembers(std::string const& events) {
    engine->documents["/info"] = R"({"SystemTime":"1970-01-01T00:33:20.5Z"})";
    engine->documents["/events?since=1&until=2000.500000000"] = events;
  }
  /// As connect(), to an engine that is pinged all the time.
  void connect_impatiently() {
    auto delays = fast();
    delays.ping = std::chrono::milliseconds(1);
    make_runner(delays);
    runner->start();
    settle();
  }
  /// The container ends at 1000, by the engine's clock, while nobody listens.
  void end_unheard(std::string const& name, std::int64_t code) {
    engine->reachable = false;
    engine->break_streams();
    settle();
    engine->exit(name, code);
    engine->find(name)->state.finished_at = Time(std::chrono::seconds(1000));
    engine->reachable = true;
  }
};

TEST_F(TaskRunnerLossTest, AnEngineThatLetsNobodyInIsGoingDown) {
  connect();
  give(task("t1"));
  engine->fail_next("knock", unavailable("connection refused"), 1);
  engine->exit("web.1.t1", 0);
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Shutdown);
  EXPECT_EQ(status("t1").err, "its engine was shut down");
  EXPECT_EQ(status("t1").container->exit_code, 0);
  EXPECT_FALSE(runner->connected()) << "nothing more is begun there";

  ASSERT_TRUE(until([&] { return runner->connected(); }));
  give(task("t2"));
  engine->exit("web.1.t2", 0);
  settle();
  EXPECT_EQ(status("t2").state, TaskState::Complete);
}

TEST_F(TaskRunnerLossTest, WhatAnEngineTakesAlongItTellsUntilItIsGone) {
  connect_impatiently();
  give(task("t1"));
  give(task("t2"));
  engine->fail_next("ping", unavailable("connection refused"), 1);
  engine->fail_next("knock", unavailable("connection refused"), 10'000);
  ASSERT_TRUE(until([&] { return !runner->connected(); }));
  for (std::string const each : {"t1", "t2"}) {
    EXPECT_EQ(engine->listeners(), 1U) << "before the end of " << each;
    engine->exit("web.1." + each, 0);
    EXPECT_TRUE(until([&] { return status(each).state == TaskState::Shutdown; })) << each;
    EXPECT_EQ(status(each).err, "its engine was shut down");
  }
  EXPECT_FALSE(runner->connected());
  EXPECT_TRUE(until([&] { return engine->listeners() == 0; })) << "it would wait for them";
}

TEST_F(TaskRunnerLossTest, WhatEndsWhileItsEngineDidNotAnswerEndsByItself) {
  engine->hold("knock");
  connect_impatiently();
  give(task("t1"));
  engine->fail_next("ping", unavailable("i/o timeout"), 1);
  ASSERT_TRUE(until([&] { return engine->calls("knock") == 1; })) << "that of the connection";
  engine->exit("web.1.t1", 0);
  ASSERT_TRUE(until([&] { return engine->calls("knock") == 2; })) << "that of the task";
  engine->release("knock");
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Complete; }));
}

TEST_F(TaskRunnerLossTest, AnEngineThatWasStartedLaterHasTakenItAlong) {
  connect();
  give(task("t1"));
  remembers("");
  end_unheard("web.1.t1", 0);
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Shutdown; }));
}

TEST_F(TaskRunnerLossTest, AnEngineThatRemembersTheTimeHasNot) {
  connect();
  give(task("t1"));
  remembers(R"({"timeNano":999000000000})");
  end_unheard("web.1.t1", 0);
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Complete; }));
}

TEST_F(TaskRunnerLossTest, ContainersThatOutliveTheirEngineEndByThemselves) {
  engine->description.live_restore = true;
  connect();
  give(task("t1"));
  remembers("");
  end_unheard("web.1.t1", 3);
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Failed; }));
}

TEST_F(TaskRunnerLossTest, AfterOurOwnStartItIsTheSame) {
  spec.container->image = "app:1";
  connect();
  give(task("t1"));
  engine->exit("web.1.t1", 0);
  engine->find("web.1.t1")->state.finished_at = Time(std::chrono::seconds(1000));
  runner.reset();
  settle();
  sink.history.clear();
  remembers("");
  connect();
  give(task("t1", TaskState::Running, TaskState::Running));
  EXPECT_TRUE(until([&] { return !sink.history.empty(); }));
  EXPECT_EQ(status("t1").state, TaskState::Shutdown);
}

TEST_F(TaskRunnerLossTest, AStartThatFailsBecauseTheEngineGoesDownIsTriedAgain) {
  connect();
  engine->fail_next("start_container", internal_error("failed to update store"), 1);
  engine->fail_next("knock", unavailable("connection refused"), 1);
  give(task("t1"));
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Running; }));
}

}  // namespace
}  // namespace swarmward::backends
