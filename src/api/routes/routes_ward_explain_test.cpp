#include "api/routes/testing/api_test.h"
#include "api/ward/service_words.h"
#include "api/ward/task_words.h"

namespace swarmward::api {
namespace {

using model::TaskState;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WardExplainTest : public ApiTest {
 protected:
  void edit_task(model::TaskId const& id, std::function<void(model::Task&)> const& edit) {
    change([&](state::Draft& draft) -> Result<void> {
      auto task = *draft.view().find_task(id);
      edit(task);
      draft.put(task);
      return {};
    });
  }
  void edit_service(std::string const& name, std::function<void(model::Service&)> const& edit) {
    auto changed = service(name);
    edit(changed);
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(changed);
      return {};
    });
  }
  void fall_silent(model::NodeId const& id) {
    change([&](state::Draft& draft) -> Result<void> {
      auto node = *draft.view().find_node(id);
      node.status.state = model::NodeState::Down;
      draft.put(node);
      return {};
    });
  }
  /// A swarm with a task of "web" that looks as `edit` makes it.
  model::TaskId troubled(std::function<void(model::Task&)> const& edit) {
    make_swarm();
    create(spec("web"));
    auto const id = add_task("web", manager_, 1);
    edit_task(id, edit);
    return id;
  }
  std::vector<std::string> words(model::TaskId const& id) {
    auto const snapshot = store_->snapshot();
    return task_words(*snapshot->find_task(id), *snapshot, clock_.now());
  }
};

TEST_F(WardExplainTest, ExplainNamesOnlyTheTasksThatAreNotAsWanted) {
  make_swarm();
  create(spec("web"));
  add_task("web", manager_, 1);
  auto const waiting = add_task("web", {}, 2);
  edit_task(waiting, [](model::Task& task) {
    task.status.state = TaskState::Pending;
    task.status.err = "no suitable node (insufficient resources on 1 node)";
  });
  ward_.reasons = {{"n1", "host1", "resource", "too little"}, {"n2", "host2", "", ""}};
  auto const document = get("/ward/explain/web");
  EXPECT_EQ(document["Service"]["Name"], "web");
  EXPECT_EQ(document["Service"]["Running"], 1);
  ASSERT_EQ(document["Tasks"].size(), 1U);
  auto const& task = document["Tasks"][0];
  EXPECT_EQ(task["ID"], waiting.str());
  EXPECT_EQ(task["Name"], "web.2");
  EXPECT_EQ(task["State"], "pending");
  EXPECT_EQ(task["Err"], "no suitable node (insufficient resources on 1 node)");
  EXPECT_EQ(task["Nodes"][0]["Filter"], "resource");
  EXPECT_EQ(task["Nodes"][0]["Reason"], "too little");
  EXPECT_EQ(task["Nodes"][1]["Reason"], "fits");
}

TEST_F(WardExplainTest, ExplainOfOneTaskAndOfNobody) {
  auto const id = troubled([](model::Task&) {});
  auto const document = get("/ward/explain/" + id.str());
  EXPECT_EQ(document["Service"]["Name"], "web");
  ASSERT_EQ(document["Tasks"].size(), 1U) << "asked for by its id, it is shown though it runs";
  EXPECT_THAT(words(id), ElementsAre("it runs on host1"));
  EXPECT_EQ(outcome("GET", "/ward/explain/nobody"), "404 no service or task nobody found");
}

TEST_F(WardExplainTest, TasksThatAreHeldBack) {
  auto const id = troubled([this](model::Task& task) {
    task.desired_state = TaskState::Ready;
    task.status.state = TaskState::Ready;
    task.start_not_before = clock_.now() + seconds(12);
    task.failures_before = 2;
  });
  EXPECT_THAT(
      words(id),
      ElementsAre(HasSubstr("it starts in 12 s, when its restart delay is over (the last 2 tasks "
                            "here have failed")));
  edit_task(id, [](model::Task& task) {
    task.start_not_before = {};
    task.status.err = "waiting for service db";
  });
  EXPECT_THAT(words(id), ElementsAre(HasSubstr("ward.depends-on")));
  edit_task(id, [](model::Task& task) { task.status.err = "waiting for job migrate"; });
  EXPECT_THAT(words(id), ElementsAre(HasSubstr("ward.pre-deploy")));
  auto const old = add_task("web", manager_, 1);
  edit_task(id, [&](model::Task& task) { task.replaces = old; });
  EXPECT_THAT(words(id), ElementsAre(HasSubstr(old.str() + " on host1, has stopped")));
}

TEST_F(WardExplainTest, TasksOnTheirWayUpAndTheirFailedPredecessors) {
  auto const old = troubled([](model::Task& task) {
    task.desired_state = TaskState::Shutdown;
    task.status.state = TaskState::Failed;
    task.status.err = "task: non-zero exit (1)";
  });
  clock_.time += seconds(1);
  auto const id = add_task("web", manager_, 1);
  edit_task(id, [](model::Task& task) { task.status.state = TaskState::Preparing; });
  EXPECT_THAT(words(id),
              ElementsAre("the engine on host1 pulls the image and prepares volumes",
                          "the task before it, " + old.str() +
                              " on host1, failed: task: non-zero exit (1)"));
  EXPECT_THAT(words(old), ElementsAre(HasSubstr("kept as history (failed: task: non-zero")));
}

TEST_F(WardExplainTest, TasksOnSilentNodes) {
  auto const id = troubled([](model::Task&) {});
  auto const stopping = add_task("web", manager_, 2);
  edit_task(stopping, [](model::Task& task) { task.desired_state = TaskState::Shutdown; });
  EXPECT_THAT(words(stopping), ElementsAre(HasSubstr("10 s from the stop signal")));
  fall_silent(manager_);
  EXPECT_THAT(words(id), Contains(HasSubstr("what is shown is its last report")));
  EXPECT_THAT(words(stopping), ElementsAre(HasSubstr("its node host1 is silent")));
  EXPECT_EQ(get("/ward/explain/web")["Tasks"].size(), 2U);
}

TEST_F(WardExplainTest, SlotsThatStayEmpty) {
  auto const id = troubled([](model::Task& task) {
    task.desired_state = TaskState::Shutdown;
    task.status.state = TaskState::Complete;
    auto changed = *task.spec;
    changed.restart = model::RestartPolicy{model::RestartCondition::OnFailure, {}, {}, {}};
    task.spec = std::make_shared<model::TaskSpec const>(changed);
  });
  EXPECT_THAT(empty_slot_words(service("web"), *store_->snapshot()),
              ElementsAre(HasSubstr("slot 1 has no task: the last one, " + id.str() +
                                    ", is complete; its restart condition is on-failure")));
  add_task("web", manager_, 1);
  EXPECT_THAT(empty_slot_words(service("web"), *store_->snapshot()), IsEmpty());
}

TEST_F(WardExplainTest, WhyAnUpdateHasStopped) {
  auto const id = troubled([](model::Task& task) {
    task.desired_state = TaskState::Shutdown;
    task.status.state = TaskState::Failed;
    task.status.err = "task: non-zero exit (3)";
  });
  EXPECT_TRUE(get("/ward/explain/web")["Update"].is_null());
  edit_service("web", [&](model::Service& changed) {
    changed.update_status = model::UpdateStatus{
        model::UpdateState::Paused,
        {},
        {},
        "update paused due to failure or early termination of task " + id.str()};
  });
  auto const update = get("/ward/explain/web")["Update"];
  EXPECT_EQ(update["State"], "paused");
  EXPECT_THAT(update["Explanation"].get<std::vector<std::string>>(),
              ElementsAre("0 tasks of the new spec run, 0 of the old one are left",
                          "task " + id.str() + " on host1: failed: task: non-zero exit (3)",
                          HasSubstr("docker service rollback web")));
}

TEST_F(WardExplainTest, WhatAnUpdateWaitsFor) {
  auto const id = troubled([](model::Task& task) {
    task.status.state = TaskState::Pending;
    task.status.err = "no suitable node";
  });
  edit_service("web", [&](model::Service& changed) {
    changed.update_status =
        model::UpdateStatus{model::UpdateState::Updating, {}, {}, "update in progress"};
  });
  EXPECT_THAT(
      update_words(service("web"), *store_->snapshot()),
      ElementsAre("0 tasks of the new spec run, 0 of the old one are left",
                  "it waits for web.1 (" + id.str() + "), which is pending: no suitable node"));
}

TEST_F(WardExplainTest, JobsThatAnUpdateWaitsForOrThatStoppedIt) {
  make_swarm();
  create(spec("web"));
  auto const explained = [&](model::UpdateState state, std::string const& message) {
    edit_service("web", [&](model::Service& changed) {
      changed.update_status = model::UpdateStatus{state, {}, {}, message};
    });
    return update_words(service("web"), *store_->snapshot());
  };
  EXPECT_THAT(explained(model::UpdateState::Updating, "waiting for job migrate"),
              Contains(HasSubstr("until job migrate has completed a run for it")));
  EXPECT_THAT(explained(model::UpdateState::Paused, "update paused due to failure of job migrate"),
              Contains(HasSubstr("docker service logs migrate")));
}

TEST_F(WardExplainTest, NodesThatAGlobalServiceLeavesOut) {
  make_swarm();
  create(R"({"Name":"all","Mode":{"Global":{}},"TaskTemplate":{"ContainerSpec":{"Image":"bb"}}})");
  ward_.reasons = {{manager_.str(), "host1", "ready", "is drained"}};
  EXPECT_THAT(get("/ward/explain/all")["Notes"].get<std::vector<std::string>>(),
              ElementsAre("node host1 has no task: it is drained"));
}

}  // namespace
}  // namespace swarmward::api
