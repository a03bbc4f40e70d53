// One task from assignment to its end, against an engine that does as told.
#include "backends/runner/task_runner.h"

#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TaskRunnerTest : public testing::RunnerFixture {};

TEST_F(TaskRunnerTest, RunsATaskWithOneInspect) {
  connect();
  give(task("t1"));
  EXPECT_THAT(states("t1"), ElementsAre("accepted", "preparing", "ready", "starting", "running"));
  auto const last = status("t1");
  EXPECT_EQ(last.message, "started");
  EXPECT_EQ(last.container->pid, 4242);
  EXPECT_EQ(last.timestamp, clock.time);
  EXPECT_EQ(engine->calls("inspect_container"), 1);
  EXPECT_EQ(engine->calls("create_container"), 1);
  EXPECT_EQ(runner->container_of(model::TaskId("t1")), engine->find("web.1.t1")->state.id);
}

TEST_F(TaskRunnerTest, ReportsTheExit) {
  connect();
  give(task("t1"));
  engine->exit("web.1.t1", 7);
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Failed);
  EXPECT_EQ(status("t1").err, "task: non-zero exit (7)");
  EXPECT_EQ(status("t1").message, "started");
  EXPECT_EQ(status("t1").container->exit_code, 7);
  EXPECT_EQ(status("t1").container->pid, 0);

  give(task("t2"));
  engine->exit("web.1.t2", 0);
  settle();
  EXPECT_EQ(status("t2").state, TaskState::Complete);
  EXPECT_EQ(status("t2").message, "finished");
  EXPECT_EQ(engine->calls("start_container"), 2);
}

TEST_F(TaskRunnerTest, ParksAtReadyUntilTold) {
  connect();
  give(task("t1", TaskState::Ready));
  EXPECT_EQ(status("t1").state, TaskState::Ready);
  EXPECT_EQ(status("t1").message, "prepared");
  EXPECT_EQ(engine->calls("start_container"), 0);
  engine->destroy("web.1.t1");  // A prune takes containers that never ran.
  give(task("t1", TaskState::Running));
  EXPECT_EQ(status("t1").state, TaskState::Running);
}

TEST_F(TaskRunnerTest, ShutdownKeepsTheContainerAndRemoveTakesIt) {
  spec.container->stop_grace_period = std::chrono::milliseconds(2900);
  connect();
  give(task("t1"));
  engine->find("web.1.t1")->stop_code = 143;
  give(task("t1", TaskState::Shutdown));
  EXPECT_EQ(status("t1").state, TaskState::Shutdown);
  EXPECT_EQ(status("t1").message, "shutdown");
  EXPECT_EQ(status("t1").container->exit_code, 143);
  EXPECT_EQ(engine->last_grace, std::chrono::seconds(2));
  EXPECT_NE(engine->find("web.1.t1"), nullptr);
  give(task("t1", TaskState::Remove));
  EXPECT_EQ(engine->container_count(), 0U);

  give(task("t2"));
  give(task("t2", TaskState::Remove));
  EXPECT_EQ(engine->container_count(), 0U);
  EXPECT_EQ(status("t2").state, TaskState::Shutdown);
}

TEST_F(TaskRunnerTest, ShutdownDuringAPullDoesNotWaitForIt) {
  connect();
  engine->hold("pull_image");
  give(task("t1"));
  give(task("t1", TaskState::Shutdown));
  EXPECT_THAT(states("t1"), ElementsAre("accepted", "preparing", "shutdown"));
  engine->release("pull_image");
  settle();
  EXPECT_EQ(engine->calls("create_container"), 0);
}

TEST_F(TaskRunnerTest, WaitsForHealth) {
  engine->health_after_start = "starting";
  connect();
  give(task("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Starting);
  engine->health("web.1.t1", "healthy");
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Running);
  engine->health("web.1.t1", "unhealthy");
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Failed);
  EXPECT_EQ(status("t1").err, "task: non-zero exit (0): dockerexec: unhealthy container");
}

TEST_F(TaskRunnerTest, FailsWhenItsContainerGoesWhileStarting) {
  engine->health_after_start = "starting";
  connect();
  give(task("t1"));
  engine->destroy("web.1.t1");
  give(task("t2"));
  engine->exit("web.1.t2", 3);
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Failed);
  EXPECT_EQ(status("t1").err, "dockerexec: container destroyed");
  EXPECT_EQ(status("t2").err, "task: non-zero exit (3)");
  EXPECT_EQ(status("t2").message, "starting");
}

TEST_F(TaskRunnerTest, FailsWhenItsContainerVanishes) {
  connect();
  give(task("t1"));
  engine->destroy("web.1.t1");
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Failed);
  EXPECT_EQ(status("t1").err, "No such container: web.1.t1");
}

TEST_F(TaskRunnerTest, RejectsWhatCannotBePrepared) {
  connect();
  spec.container->mounts.resize(1);
  spec.container->mounts[0].type = model::MountType::Bind;
  spec.container->mounts[0].source = "x";
  spec.container->mounts[0].target = "/x";
  give(task("mount"));
  EXPECT_EQ(status("mount").state, TaskState::Rejected);
  EXPECT_EQ(status("mount").message, "resolving controller failed");
  EXPECT_EQ(status("mount").err, "invalid bind mount source, must be an absolute path: x");

  spec.container->mounts.clear();
  spec.container->env = {"A={{.Foo}}"};
  give(task("template"));
  EXPECT_EQ(status("template").state, TaskState::Rejected);
  EXPECT_EQ(status("template").message, "resolving controller failed");
  EXPECT_THAT(status("template").err,
              HasSubstr("expanding env failed: expanding env \"A={{.Foo}}\""));

  spec.container->env.clear();
  spec.container->labels = {{"ward.privileged", "true"}};
  give(task("label"));
  EXPECT_EQ(status("label").state, TaskState::Rejected);
  EXPECT_EQ(status("label").message, "resolving controller failed");
  EXPECT_THAT(status("label").err, HasSubstr("--allow-label ward.privileged"));

  spec.container->labels.clear();
  spec.container->image = "nosuch:1";
  engine->fail_next("pull_image", not_found("manifest unknown"));
  give(task("pull"));
  EXPECT_EQ(status("pull").state, TaskState::Rejected);
  EXPECT_EQ(status("pull").message, "preparing");
  EXPECT_EQ(status("pull").err, "manifest unknown");

  engine->fail_next("pull_image", not_found(""));
  give(task("silent"));
  EXPECT_EQ(status("silent").err, "No such image: nosuch:1");

  spec.container->image = "app:1";
  engine->fail_next("create_container", invalid_argument("invalid mount config"));
  give(task("create"));
  EXPECT_EQ(status("create").state, TaskState::Rejected);
  EXPECT_EQ(status("create").err, "invalid mount config");
}

TEST_F(TaskRunnerTest, AFailedStartCarriesTheEnginesText) {
  connect();
  engine->fail_next("start_container", internal_error("port is already allocated"));
  give(task("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Failed);
  EXPECT_EQ(status("t1").message, "starting");
  EXPECT_EQ(status("t1").err, "starting container failed: port is already allocated");
}

TEST_F(TaskRunnerTest, PassingErrorsAreTriedAgain) {
  connect();
  engine->fail_next("create_container", internal_error("busy"), 2);
  engine->fail_next("start_container", internal_error("context canceled"), 2);
  engine->fail_next("inspect_container", internal_error("busy"), 5);
  give(task("t1"));
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Running; }));
  engine->fail_next("create_container", internal_error("busy"), 3);
  give(task("t2"));
  EXPECT_TRUE(until([&] { return status("t2").state == TaskState::Rejected; }));
  EXPECT_EQ(status("t2").err, "busy");
}

TEST_F(TaskRunnerTest, AdoptsAContainerOfItsNameOnlyIfItIsItsOwn) {
  connect();
  engine->add_container("web.1.t1", labels("t1"), "running");
  engine->add_container("web.1.t2", labels("other", "node2"), "running");
  give(task("t1"));
  give(task("t2"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  EXPECT_EQ(engine->calls("start_container"), 0);
  EXPECT_EQ(status("t2").state, TaskState::Rejected);
  EXPECT_THAT(status("t2").err, HasSubstr("already in use"));
}

TEST_F(TaskRunnerTest, StopsAContainerThatSomebodyRestarted) {
  connect();
  give(task("t1"));
  engine->exit("web.1.t1", 1);
  settle();
  engine->restart("web.1.t1");
  settle();
  EXPECT_FALSE(engine->find("web.1.t1")->state.running);
  EXPECT_EQ(status("t1").state, TaskState::Failed);
}

TEST_F(TaskRunnerTest, BoundsStartsAndLetsStopsPass) {
  connect();
  engine->description.cpus = 1;
  engine->hold("start_container");
  give(task("old", TaskState::Ready));
  for (int i = 0; i < 10; ++i) {
    runner->task_changed(task("t" + std::to_string(i)));
  }
  settle();
  EXPECT_EQ(engine->calls("start_container"), 2);
  give(task("old", TaskState::Remove));
  EXPECT_EQ(status("old").state, TaskState::Shutdown);
  engine->release("start_container");
  settle();
  EXPECT_EQ(engine->most_in_flight("start_container"), 2);
  EXPECT_EQ(status("t9").state, TaskState::Running);
  for (int i = 0; i < 10; ++i) {
    runner->task_changed(task("t" + std::to_string(i), TaskState::Shutdown));
  }
  settle();
  EXPECT_EQ(engine->most_in_flight("stop_container"), 2);
}

TEST_F(TaskRunnerTest, ATaskInANetworkStopsOnceItIsWithdrawn) {
  connect();
  model::TaskNetwork network;
  network.id = "n1";
  network.name = "back";
  network.address = "10.0.1.5";
  runner->task_changed({task("t1").task, "", {network}});
  settle();
  ASSERT_TRUE(until([&] { return engine->calls("start_container") == 1; }));
  sink.hold_withdrawals = true;
  runner->task_changed({task("t1", TaskState::Shutdown).task, "", {network}});
  EXPECT_TRUE(until([&] { return sink.withdrawals == 1; }));
  settle();
  EXPECT_EQ(engine->calls("stop_container"), 0);
  sink.hold_withdrawals = false;
  EXPECT_TRUE(until([&] { return engine->calls("stop_container") == 1; }));
}

TEST_F(TaskRunnerTest, WhatWasMadeAndNotStartedBeforeIsJoinedToAllNetworks) {
  connect();
  auto const id = engine->add_container("web.1.t1", labels("t1"), "created");
  std::vector<model::TaskNetwork> networks(3);
  for (std::size_t i = 0; i < networks.size(); ++i) {
    networks[i].id = networks[i].name = "n" + std::to_string(i);
    networks[i].address = "10.0." + std::to_string(i) + ".5";
  }
  engine->fail_next(
      "connect_network", Error{ErrorCode::Forbidden, "endpoint already exists in network n1"}, 1);
  runner->task_changed({task("t1").task, "", networks});
  ASSERT_TRUE(until([&] { return engine->calls("start_container") == 1; }));
  EXPECT_EQ(engine->calls("connect_network"), 2) << "it joined the first one when it was made";
  ASSERT_EQ(engine->connects.size(), 1U);
  EXPECT_EQ(engine->connects[0].first, "n2");
  EXPECT_THAT(engine->connects[0].second, HasSubstr(id));
}

TEST_F(TaskRunnerTest, SlowStopsGiveWay) {
  auto delays = fast();
  delays.slow_stop = std::chrono::milliseconds(1);
  make_runner(delays);
  runner->start();
  settle();
  for (int i = 0; i < 6; ++i) {
    give(task("t" + std::to_string(i)));
  }
  engine->hold("stop_container");
  for (int i = 0; i < 6; ++i) {
    give(task("t" + std::to_string(i), TaskState::Shutdown));
  }
  EXPECT_TRUE(until([&] { return engine->calls("stop_container") == 6; }));
  runner->task_gone(model::TaskId("t0"));  // Nobody waits for its grace period any more.
  settle();
  EXPECT_EQ(engine->container_count(), 5U);
  engine->release("stop_container");
  settle();
  EXPECT_EQ(status("t5").state, TaskState::Shutdown);
}

}  // namespace
}  // namespace swarmward::backends
