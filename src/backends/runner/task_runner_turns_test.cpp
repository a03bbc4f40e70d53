// How tasks wait for their turn to be created and started on one engine.
#include "backends/runner/task_runner.h"
#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;

class TaskRunnerTurnsTest : public testing::RunnerFixture {
 protected:
  /// The engine's places are taken by the first two tasks.
  void begin(int tasks) {
    connect();
    engine->hold("create_container");
    for (int i = 1; i <= tasks; ++i) {
      give(task("t" + std::to_string(i)));
    }
  }
};

TEST_F(TaskRunnerTurnsTest, AllHaveTheirs) {
  begin(9);
  EXPECT_EQ(engine->calls("create_container"), 2);
  EXPECT_EQ(status("t9").state, TaskState::Preparing);
  engine->release("create_container");
  settle();
  EXPECT_EQ(engine->most_in_flight("create_container"), 2);
  for (int i = 1; i <= 9; ++i) {
    EXPECT_EQ(status("t" + std::to_string(i)).state, TaskState::Running) << i;
  }
}

TEST_F(TaskRunnerTurnsTest, AnEngineThatTakesFewCallsIsGivenFew) {
  engine->description.cpus = 16;
  engine->most_calls = 4;
  begin(40);
  EXPECT_EQ(engine->calls("create_container"), 5);
  engine->release("create_container");
  settle();
  EXPECT_EQ(status("t40").state, TaskState::Running);
}

TEST_F(TaskRunnerTurnsTest, WhoIsNotWantedAnyMoreDoesNotWaitForOne) {
  begin(4);
  give(task("t3", TaskState::Shutdown));
  EXPECT_EQ(status("t3").state, TaskState::Shutdown);
  runner->task_gone(model::TaskId("t3"));
  settle();
  engine->release("create_container");
  settle();
  EXPECT_EQ(engine->calls("create_container"), 3);
  EXPECT_EQ(status("t4").state, TaskState::Running);
}

TEST_F(TaskRunnerTurnsTest, AreKeptInLineWhileTheEngineIsAway) {
  begin(4);
  engine->reachable = false;
  engine->break_streams();
  engine->release("create_container");
  settle();
  EXPECT_EQ(engine->calls("create_container"), 2);
  engine->reachable = true;
  EXPECT_TRUE(until([&] { return status("t4").state == TaskState::Running; }));
  EXPECT_EQ(status("t3").state, TaskState::Running);
}

TEST_F(TaskRunnerTurnsTest, EndWithTheRunner) {
  begin(4);
  runner.reset();
  engine->release("create_container");
  settle();
  EXPECT_EQ(engine->calls("create_container"), 2);
  EXPECT_EQ(engine.use_count(), 1) << "something keeps what waits alive";
}

}  // namespace
}  // namespace swarmward::backends
