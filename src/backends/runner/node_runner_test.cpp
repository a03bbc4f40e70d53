// A node's connection to its engine, and what becomes of containers when it breaks.
#include "backends/runner/node_runner.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;
using ::testing::ElementsAre;

class NodeRunnerTest : public testing::RunnerFixture {
 protected:
  void lose_connection() {
    engine->reachable = false;
    engine->break_streams();
    settle();
  }
  bool reconnect() {
    engine->reachable = true;
    return until([&] { return sink.observations.back().reachable; });
  }
};

TEST_F(NodeRunnerTest, ObservesConnectLossAndReturn) {
  engine->description.cpus = 8;
  connect();
  ASSERT_EQ(sink.observations.size(), 1U);
  EXPECT_TRUE(sink.observations[0].reachable);
  EXPECT_EQ(sink.observations[0].info->cpus, 8U);
  lose_connection();
  EXPECT_FALSE(sink.observations[1].reachable);
  EXPECT_EQ(sink.observations[1].error, "unexpected EOF");
  EXPECT_TRUE(reconnect());
}

TEST_F(NodeRunnerTest, AFailedPingIsALoss) {
  auto delays = fast();
  delays.ping = std::chrono::milliseconds(1);
  make_runner(delays);
  runner->start();
  settle();
  engine->fail_next("ping", unavailable("i/o timeout"));
  EXPECT_TRUE(until([&] { return sink.observations.size() > 1; }));
  EXPECT_EQ(sink.observations[1].error, "i/o timeout");
  EXPECT_TRUE(until([&] { return sink.observations.back().reachable; }));
}

TEST_F(NodeRunnerTest, TimersChangeWhileItRuns) {
  auto delays = fast();
  delays.ping = std::chrono::milliseconds(1);
  delays.refresh = std::chrono::hours(1);
  make_runner(delays);
  runner->start();
  EXPECT_TRUE(until([&] { return engine->calls("ping") > 3; }));
  EXPECT_EQ(engine->calls("info"), 1U);
  delays.refresh = std::chrono::milliseconds(1);
  runner->set_delays(delays);
  settle();
  lose_connection();
  EXPECT_TRUE(until([&] { return engine->calls("knock") > 3; }));
}

TEST_F(NodeRunnerTest, FailuresToReconnectAreObservedRarely) {
  auto delays = fast();
  delays.observe_failure = std::chrono::hours(1);
  engine->reachable = false;
  make_runner(delays);
  runner->start();
  EXPECT_TRUE(until([&] { return engine->calls("knock") > 5; }));
  EXPECT_EQ(sink.observations.size(), 1U);
}

TEST_F(NodeRunnerTest, LostEnginesAreKnockedAtInTurn) {
  auto const turns = std::make_shared<Gate>(1);
  auto const other_engine = std::make_shared<testing::FakeEngine>(io.get_executor());
  NodeIdentity identity;
  identity.id = model::NodeId("node2");
  NodeRunner other(io.get_executor(), other_engine, identity, sink, clock, fast());
  make_runner();
  for (auto const& each : {engine, other_engine}) {
    each->reachable = false;
    each->hold("knock");
  }
  runner->start(turns);
  other.start(turns);
  auto const knocks = [&] { return engine->calls("knock") + other_engine->calls("knock"); };
  EXPECT_TRUE(until([&] { return knocks() == 1; }));
  io.restart();
  io.run_for(std::chrono::milliseconds(20));
  EXPECT_EQ(knocks(), 1);
  engine->release("knock");
  other_engine->release("knock");
  EXPECT_TRUE(
      until([&] { return engine->calls("knock") > 0 && other_engine->calls("knock") > 0; }));
  other.stop();
}

TEST_F(NodeRunnerTest, ObservesNewInfoOnlyWhenItChanged) {
  auto delays = fast();
  delays.ping = delays.refresh = std::chrono::milliseconds(1);
  make_runner(delays);
  runner->start();
  EXPECT_TRUE(until([&] { return engine->calls("info") > 3; }));
  EXPECT_EQ(sink.observations.size(), 1U);
  engine->description.description.engine_labels["disk"] = "ssd";
  EXPECT_TRUE(until([&] { return sink.observations.size() == 2; }));
}

TEST_F(NodeRunnerTest, ContinuesFromWhatItFinds) {
  engine->add_container("web.1.created", labels("created"), "created");
  engine->add_container("web.1.running", labels("running"), "running");
  auto const exited = engine->add_container("web.1.exited", labels("exited"), "exited");
  engine->find(exited)->state.exit_code = 9;
  engine->add_container("web.1.orphan", labels("orphan"), "running");
  engine->add_container("web.1.foreign", labels("foreign", "node2"), "running");
  make_runner();
  runner->start();
  settle();
  EXPECT_EQ(engine->container_count(), 5U);  // Nothing is removed before the full set is known.
  std::vector<Assignment> all;
  all.push_back(task("created", TaskState::Running, TaskState::Preparing));
  all.push_back(task("running", TaskState::Running, TaskState::Running));
  all.push_back(task("exited", TaskState::Running, TaskState::Running));
  all.push_back(task("missing", TaskState::Running, TaskState::Running));
  runner->assign_all(std::move(all));
  settle();
  EXPECT_THAT(states("created"), ElementsAre("ready", "starting", "running"));
  EXPECT_THAT(states("running"), ElementsAre());
  EXPECT_EQ(status("exited").err, "task: non-zero exit (9)");
  EXPECT_EQ(status("missing").err, "No such container: web.1.missing");
  EXPECT_EQ(engine->calls("create_container"), 0);
  EXPECT_EQ(engine->calls("start_container"), 1);
  EXPECT_EQ(engine->find("web.1.orphan"), nullptr);
  EXPECT_NE(engine->find("web.1.foreign"), nullptr);
}

TEST_F(NodeRunnerTest, AnAbsentEngineFailsNoTask) {
  connect();
  give(task("t1"));
  engine->hold("start_container");
  give(task("t2"));
  engine->reachable = false;
  engine->release("start_container");
  lose_connection();
  give(task("t3"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  EXPECT_EQ(status("t2").state, TaskState::Starting);
  EXPECT_TRUE(reconnect());
  settle();
  EXPECT_EQ(status("t2").state, TaskState::Running);
  EXPECT_EQ(status("t3").state, TaskState::Running);
  EXPECT_EQ(engine->container_count(), 3U);
}

TEST_F(NodeRunnerTest, AResyncRepairsLostEvents) {
  connect();
  give(task("t1"));
  give(task("t2"));
  engine->lose_events = true;
  engine->exit("web.1.t1", 5);
  engine->destroy("web.1.t2");
  settle();
  EXPECT_EQ(status("t1").state, TaskState::Running);
  engine->lose_events = false;
  lose_connection();
  EXPECT_TRUE(reconnect());
  settle();
  EXPECT_EQ(status("t1").err, "task: non-zero exit (5)");
  EXPECT_EQ(status("t2").err, "No such container: web.1.t2");
}

TEST_F(NodeRunnerTest, APeriodicResyncNeedsNoReconnect) {
  auto delays = fast();
  delays.ping = delays.resync = std::chrono::milliseconds(1);
  make_runner(delays);
  runner->start();
  settle();
  give(task("t1"));
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Running; }));
  auto const inspects = engine->calls("inspect_container");
  auto const lists = engine->calls("list_containers");
  EXPECT_TRUE(until([&] { return engine->calls("list_containers") > lists + 3; }));
  EXPECT_EQ(engine->calls("inspect_container"), inspects);
  engine->lose_events = true;
  engine->exit("web.1.t1", 5);
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Failed; }));
}

TEST_F(NodeRunnerTest, KeepsTheNamedOneOfTwoContainers) {
  engine->add_container("copy", labels("t1"), "running");
  engine->add_container("web.1.t1", labels("t1"), "running");
  engine->add_container("copy2", labels("t1"), "running");
  make_runner();
  runner->start();
  std::vector<Assignment> all;
  all.push_back(task("t1", TaskState::Running, TaskState::Running));
  runner->assign_all(std::move(all));
  settle();
  EXPECT_EQ(engine->container_count(), 1U);
  EXPECT_NE(engine->find("web.1.t1"), nullptr);
}

TEST_F(NodeRunnerTest, AGoneTaskLeavesNothing) {
  connect();
  give(task("t1"));
  engine->hold("create_container");
  give(task("t2"));
  runner->task_gone(model::TaskId("t1"));
  runner->task_gone(model::TaskId("t2"));
  engine->release("create_container");
  settle();
  EXPECT_EQ(engine->container_count(), 0U);
  EXPECT_EQ(runner->container_of(model::TaskId("t1")), std::nullopt);
}

TEST_F(NodeRunnerTest, LeavingRemovesTheNodesContainersAlone) {
  connect();
  for (int i = 0; i < 8; ++i) {
    give(task("t" + std::to_string(i)));
  }
  engine->add_container("web.1.foreign", labels("foreign", "node2"), "running");
  bool left = false;
  auto const done = [&left](std::exception_ptr const&) { left = true; };
  asio::co_spawn(io, runner->remove_all_containers(), done);
  EXPECT_TRUE(until([&] { return left; }));
  EXPECT_EQ(engine->container_count(), 1U);
}

TEST_F(NodeRunnerTest, StopEndsEverythingAndLeavesContainers) {
  connect();
  give(task("t1"));
  engine->hold("create_container");
  give(task("t2"));
  auto const reports = sink.history.size();
  runner->stop();
  runner.reset();
  engine->release("create_container");
  settle();
  EXPECT_EQ(sink.history.size(), reports);
  EXPECT_TRUE(engine->find("web.1.t1")->state.running);
  io.restart();
  EXPECT_EQ(io.run_for(std::chrono::milliseconds(20)), 0U);
  EXPECT_TRUE(io.stopped());  // No work is left.
}

TEST_F(NodeRunnerTest, MayDieWithCallsInFlight) {
  connect();
  engine->hold("create_container");
  engine->hold("pull_image");
  give(task("t1"));
  spec.container->image = "other:1";
  give(task("t2"));
  EXPECT_EQ(status("t1").state, TaskState::Preparing);
}

}  // namespace
}  // namespace swarmward::backends
