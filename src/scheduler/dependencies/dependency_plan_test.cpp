#include "scheduler/dependencies/dependency_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::seconds;

class DependencyTest : public ClusterFixture {
 protected:
  DependencyTest() { polls_ = true; }

  static model::ServiceSpec named(std::string const& name, std::string const& depends_on = {}) {
    auto wish = spec(1);
    wish.annotations.name = name;
    if (!depends_on.empty()) {
      wish.annotations.labels["ward.depends-on"] = depends_on;
    }
    return wish;
  }
  /// Prepares and runs the tasks of one service only.
  void run(model::ServiceId const& id) {
    for (auto const& task : wanted(id)) {
      observe(task->id, std::min(task->desired_state, TaskState::Running));
    }
  }
  [[nodiscard]] TaskState desired(model::ServiceId const& id) const {
    return wanted(id).at(0)->desired_state;
  }
};

TEST_F(DependencyTest, TasksArePreparedButWait) {
  add_node("a");
  auto const web = create(named("web", "db"));
  EXPECT_EQ(desired(web), TaskState::Ready);
  EXPECT_EQ(wanted(web)[0]->status.err, "waiting for service db");
  EXPECT_EQ(wake_, clock_.now() + seconds(1));
  auto const db = create(named("db"));
  advance(seconds(1));
  EXPECT_EQ(desired(web), TaskState::Ready);
  run(db);
  advance(seconds(1));
  EXPECT_EQ(desired(web), TaskState::Running);
  EXPECT_EQ(wake_, kNever);
}

TEST_F(DependencyTest, AStacksServicesAreCalledAsInItsFile) {
  add_node("a");
  auto wish = named("shop_web", "db,shop_cache");
  wish.annotations.labels["com.docker.stack.namespace"] = "shop";
  auto const own = create(named("shop_db"));
  auto const web = create(wish);
  run(create(named("db")));
  run(create(named("shop_cache")));
  advance(seconds(1));
  EXPECT_EQ(desired(web), TaskState::Ready);
  run(own);
  advance(seconds(1));
  EXPECT_EQ(desired(web), TaskState::Running);
}

TEST_F(DependencyTest, HealthyAsksForAllTasks) {
  add_node("a");
  auto wish = named("db");
  wish.mode = model::Replicated{2};
  auto const db = create(wish);
  auto const one = create(named("one", "db"));
  auto const all = create(named("all", "db:healthy"));
  observe(wanted(db)[0]->id, TaskState::Running);
  advance(seconds(1));
  EXPECT_EQ(desired(one), TaskState::Running);
  EXPECT_EQ(desired(all), TaskState::Ready);
  observe(wanted(db)[1]->id, TaskState::Running);
  advance(seconds(1));
  EXPECT_EQ(desired(all), TaskState::Running);
}

TEST_F(DependencyTest, AJobIsUpOnceItHasCompleted) {
  add_node("a");
  auto wish = named("migrate");
  wish.mode = model::ReplicatedJob{1, 1};
  auto const job = create(wish);
  auto const web = create(named("web", "migrate"));
  run(job);
  observe(wanted(job)[0]->id, TaskState::Running);
  advance(seconds(1));
  EXPECT_EQ(desired(web), TaskState::Ready);
  observe(wanted(job)[0]->id, TaskState::Complete);
  advance(seconds(1));
  EXPECT_EQ(desired(web), TaskState::Running);
}

TEST_F(DependencyTest, ACircleIsIgnored) {
  add_node("a");
  auto const x = create(named("x", "y"));
  EXPECT_EQ(desired(x), TaskState::Ready);
  auto const y = create(named("y", "x"));
  advance(seconds(1));
  EXPECT_EQ(desired(x), TaskState::Running);
  EXPECT_EQ(desired(y), TaskState::Running);
}

TEST_F(DependencyTest, WhatRunsGoesOnWithoutItsDependency) {
  add_node("a");
  auto const db = create(named("db"));
  run(db);
  auto const web = create(named("web", "db"));
  run(web);
  observe(wanted(db)[0]->id, TaskState::Failed, "x");
  EXPECT_EQ(wanted(web)[0]->status.state, TaskState::Running);
}

}  // namespace
}  // namespace swarmward::scheduler
