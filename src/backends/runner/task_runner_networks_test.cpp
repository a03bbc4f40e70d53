// The networks of tasks come before their containers; those of the engine go with the last task.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;

class TaskRunnerNetworksTest : public testing::RunnerFixture {
 protected:
  TaskRunnerNetworksTest() {
    engine->documents["/networks/yard"] = "{}";  // Nobody's yet.
    connect();
    runner->assign_all({});
    settle();
  }
  Assignment in_yard(std::string const& id,
                     TaskState desired = TaskState::Running,
                     TaskState observed = TaskState::Assigned) {
    auto spec = std::make_shared<model::NetworkSpec>();
    spec->driver.name = "bridge";
    model::TaskNetwork yard;
    yard.id = yard.name = "yard";
    yard.node_local = spec;
    auto assignment = task(id, desired, observed);
    assignment.networks = {yard};
    return assignment;
  }
  void run(std::string const& id) {
    give(in_yard(id));
    ASSERT_TRUE(until([&] { return status(id).state == TaskState::Running; }));
    ASSERT_TRUE(engine->networks.contains("yard"));
    // As the engine lists what was created there.
    auto const list = "[" + engine->networks.at("yard") + "]";
    auto document = nlohmann::json::parse(list);
    document[0]["Id"] = "yard";
    engine->documents["/networks?filters=%7B%22label%22%3A%5B%22ward.node.id%22%5D%7D"] =
        document.dump();
  }
};

TEST_F(TaskRunnerNetworksTest, AnEnginesOwnGoesWithTheLastTask) {
  run("t1");
  run("t2");
  give(in_yard("t1", TaskState::Shutdown));
  ASSERT_TRUE(until([&] { return status("t1").state == TaskState::Shutdown; }));
  io.restart();
  io.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(engine->calls("remove_network"), 0) << "t2 is there";
  give(in_yard("t2", TaskState::Shutdown));
  EXPECT_TRUE(until([&] { return engine->networks.empty(); }));
}

TEST_F(TaskRunnerNetworksTest, ItGoesAfterATaskThatWasGivenUpWhileItRan) {
  run("t1");
  engine->hold("stop_container");
  give(in_yard("t1", TaskState::Shutdown, TaskState::Orphaned));
  ASSERT_TRUE(until([&] { return engine->calls("stop_container") == 1; }));
  EXPECT_EQ(engine->calls("remove_network"), 0);
  engine->release("stop_container");
  EXPECT_TRUE(until([&] { return engine->networks.empty(); }));
}

TEST_F(TaskRunnerNetworksTest, WhoTakesThePlaceOfATaskFindsItsNetwork) {
  run("t1");
  give(in_yard("t2", TaskState::Ready));
  engine->exit("web.1.t1", 1);
  ASSERT_TRUE(until([&] { return status("t1").state == TaskState::Failed; }));
  give(in_yard("t2"));
  ASSERT_TRUE(until([&] { return status("t2").state == TaskState::Running; }));
  EXPECT_EQ(engine->calls("remove_network"), 0);
  EXPECT_EQ(engine->calls("create_network"), 1);
}

}  // namespace
}  // namespace swarmward::backends
