// Secrets and configs of a task, against a host and an engine that do as told.
#include <boost/asio/co_spawn.hpp>

#include "backends/runner/task_runner.h"
#include "backends/testing/fake_task_files.h"
#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class TaskRunnerFilesTest : public testing::RunnerFixture {
 protected:
  TaskRunnerFilesTest() { spec.container->secrets.resize(1); }

  /// Connected, and the files laid down from now on are counted.
  void connect_with_files(Delays delays = fast()) {
    NodeIdentity identity;
    identity.id = model::NodeId("node1");
    runner = std::make_unique<NodeRunner>(
        io.get_executor(), engine, identity, sink, clock, delays, LabelPolicy{}, files);
    runner->start();
    settle();
  }
  [[nodiscard]] Assignment with_file(std::string const& id,
                                     TaskState desired = TaskState::Running,
                                     TaskState observed = TaskState::Assigned) const {
    auto assignment = task(id, desired, observed);
    model::TaskFile file;
    file.id = "secret1";
    file.target = "/run/secrets/key";
    file.content = "open sesame";
    assignment.files = std::vector{file};
    return assignment;
  }
  [[nodiscard]] bool lies(std::string const& id) const {
    return files->lying.contains(model::TaskId(id));
  }

  std::shared_ptr<testing::FakeTaskFiles> files = std::make_shared<testing::FakeTaskFiles>();
};

TEST_F(TaskRunnerFilesTest, MountsEachFileReadOnly) {
  connect_with_files();
  give(with_file("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  auto const body = engine->find("web.1.t1")->body;
  EXPECT_THAT(body,
              HasSubstr(R"("Mounts":[{"ReadOnly":true,"Source":"/files/t1/0",)"
                        R"("Target":"/run/secrets/key","Type":"bind"}])"));
  EXPECT_THAT(body, Not(HasSubstr("sesame")));
  EXPECT_EQ(files->puts, 1);
}

TEST_F(TaskRunnerFilesTest, FilesOfRootAreOfWhomTheEngineTakesForRoot) {
  engine->description.root = {165536, 100000};
  connect_with_files();
  auto assignment = with_file("t1");
  assignment.files->front().uid = 33;
  give(std::move(assignment));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  auto const& file = files->lying.at(model::TaskId("t1")).front();
  EXPECT_EQ(file.uid, 165569U);
  EXPECT_EQ(file.gid, 100000U);
}

TEST_F(TaskRunnerFilesTest, ATaskWithoutFilesTouchesNone) {
  spec.container->secrets.clear();
  connect_with_files();
  auto const before = files->tidyings;
  give(task("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  EXPECT_EQ(files->puts, 0);
  EXPECT_EQ(files->tidyings, before);
}

TEST_F(TaskRunnerFilesTest, NoContainerIsMadeWhileItsFilesHaveNotCome) {
  connect_with_files();
  give(task("t1"));
  ASSERT_TRUE(until([&] { return status("t1").state == TaskState::Rejected; }));
  EXPECT_EQ(status("t1").err, "its secrets and configs have not come");
  EXPECT_EQ(engine->calls("create_container"), 0);
}

TEST_F(TaskRunnerFilesTest, FilesGoWithTheContainerAndNotBefore) {
  connect_with_files();
  give(with_file("t1"));
  give(with_file("t1", TaskState::Shutdown));
  EXPECT_EQ(status("t1").state, TaskState::Shutdown);
  EXPECT_TRUE(lies("t1"));
  give(with_file("t1", TaskState::Remove));
  EXPECT_EQ(engine->container_count(), 0U);
  EXPECT_FALSE(lies("t1"));

  give(with_file("t2"));
  runner->task_gone(model::TaskId("t2"));
  settle();
  EXPECT_EQ(engine->container_count(), 0U);
  EXPECT_FALSE(lies("t2"));
}

TEST_F(TaskRunnerFilesTest, AFailedCreationLeavesNone) {
  connect_with_files();
  engine->fail_next("create_container", invalid_argument("no such mount"));
  give(with_file("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Rejected);
  EXPECT_EQ(files->puts, 1);
  EXPECT_FALSE(lies("t1"));
}

TEST_F(TaskRunnerFilesTest, AnErrorInsteadOfFilesFailsTheStart) {
  connect_with_files();
  auto assignment = task("t1");
  assignment.files = unavailable("secret not found: key");
  give(assignment);
  EXPECT_EQ(status("t1").state, TaskState::Failed);
  EXPECT_EQ(status("t1").err, "starting container failed: secret not found: key");
  EXPECT_EQ(engine->calls("start_container"), 0);
}

TEST_F(TaskRunnerFilesTest, ANodeWithoutFilesFailsTheTask) {
  files = nullptr;
  connect_with_files();
  give(with_file("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Rejected);
  EXPECT_THAT(status("t1").err, HasSubstr("has no agent"));
}

TEST_F(TaskRunnerFilesTest, AHostThatIsAwayIsTriedAgain) {
  connect_with_files();
  files->error = unavailable("the agent does not answer");
  give(with_file("t1"));
  ASSERT_TRUE(until([&] { return files->puts > 5; }));
  EXPECT_EQ(status("t1").state, TaskState::Preparing);
  files->error.reset();
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Running; }));
}

TEST_F(TaskRunnerFilesTest, AHostThatCannotFailsTheTask) {
  connect_with_files();
  files->error = internal_error("no space left");
  give(with_file("t1"));
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Rejected; }));
  EXPECT_EQ(status("t1").err, "laying down secrets and configs: no space left");
  EXPECT_EQ(files->puts, 3);
}

TEST_F(TaskRunnerFilesTest, ParkedContainersGetTheirFilesAgainAfterTheHostWasAway) {
  connect_with_files();
  give(with_file("t1", TaskState::Ready));
  ASSERT_EQ(files->puts, 1);
  files->lying.clear();  // The host was started anew.
  engine->break_streams();
  ASSERT_TRUE(until([&] { return engine->calls("list_containers") > 1; }));
  give(with_file("t1", TaskState::Running));
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Running; }));
  EXPECT_TRUE(lies("t1"));
  EXPECT_EQ(files->puts, 2);
}

TEST_F(TaskRunnerFilesTest, AfterARestartOfTheManagerOnlyWhatContainersShowIsKept) {
  engine->add_container("web.1.t1", labels("t1"), "running");
  engine->add_container("web.1.t2", labels("t2"), "exited");
  for (auto const* id : {"t1", "t2", "t3", "t4"}) {
    files->lying[model::TaskId(id)] = {};
  }
  NodeIdentity identity;
  identity.id = model::NodeId("node1");
  runner = std::make_unique<NodeRunner>(
      io.get_executor(), engine, identity, sink, clock, fast(), LabelPolicy{}, files);
  runner->assign_all({with_file("t1", TaskState::Running, TaskState::Running),
                      with_file("t2", TaskState::Shutdown, TaskState::Failed),
                      with_file("t3", TaskState::Shutdown, TaskState::Failed)});
  runner->start();
  settle();
  EXPECT_TRUE(lies("t1"));
  EXPECT_TRUE(lies("t2"));
  EXPECT_FALSE(lies("t3"));
  EXPECT_FALSE(lies("t4"));
  EXPECT_EQ(engine->calls("start_container"), 0);
}

TEST_F(TaskRunnerFilesTest, WhatCouldNotBeRemovedIsAtTheNextResync) {
  auto delays = fast();
  delays.ping = std::chrono::milliseconds(1);
  delays.resync = std::chrono::milliseconds(1);
  connect_with_files(delays);
  runner->assign_all({});
  give(with_file("t1"));
  files->error = internal_error("busy");
  runner->task_gone(model::TaskId("t1"));
  ASSERT_TRUE(until([&] { return files->removals > 0; }));
  EXPECT_TRUE(lies("t1"));
  files->error.reset();
  EXPECT_TRUE(until([&] { return !lies("t1"); }));
}

TEST_F(TaskRunnerFilesTest, LeavingTakesAllOfThem) {
  connect_with_files();
  give(with_file("t1"));
  files->lying[model::TaskId("stranger")] = {};
  bool done = false;
  asio::co_spawn(
      io, runner->remove_all_containers(), [&](std::exception_ptr const&) { done = true; });
  ASSERT_TRUE(until([&] { return done; }));
  EXPECT_TRUE(files->lying.empty());
}

}  // namespace
}  // namespace swarmward::backends
