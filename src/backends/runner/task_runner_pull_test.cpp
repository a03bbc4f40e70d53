// How a task comes by its image.
#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using model::TaskState;

class TaskPullTest : public testing::RunnerFixture {};

TEST_F(TaskPullTest, AFailedPullOfAPresentImageIsNoFailure) {
  connect();
  engine->fail_next("pull_image", internal_error("registry down"));
  give(task("t1"));
  give(task("t2"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  EXPECT_EQ(engine->calls("pull_image"), 1);
  clock.time += std::chrono::seconds(31);
  give(task("t3"));
  EXPECT_EQ(engine->calls("pull_image"), 2);
}

TEST_F(TaskPullTest, PullsAsTheLabelSays) {
  connect();
  spec.container->labels = {{"ward.pull", "missing"}};
  give(task("missing"));
  EXPECT_EQ(status("missing").state, TaskState::Running);
  EXPECT_EQ(engine->calls("pull_image"), 0);
  spec.container->labels = {{"ward.pull", "never"}};
  give(task("never"));
  EXPECT_EQ(status("never").state, TaskState::Running);
  spec.container->image = "fresh:1";
  give(task("absent"));
  EXPECT_EQ(status("absent").state, TaskState::Rejected);
  EXPECT_EQ(status("absent").err, "No such image: fresh:1 (and label ward.pull=never)");
  EXPECT_EQ(engine->calls("pull_image"), 0);
  spec.container->labels = {{"ward.pull", "always"}};
  spec.container->image = "app:1";
  engine->fail_next("pull_image", internal_error("registry down"));
  give(task("always"));
  EXPECT_EQ(status("always").state, TaskState::Rejected);
  EXPECT_EQ(status("always").err, "registry down");
  spec.container->labels = {{"ward.pull", "missing"}};
  spec.container->image = "fresh:1";
  give(task("fetched"));
  EXPECT_EQ(status("fetched").state, TaskState::Running);
  EXPECT_EQ(engine->calls("pull_image"), 2);
}

TEST_F(TaskPullTest, PullsOnceForManyAndNeverAPresentDigest) {
  connect();
  spec.container->image = "docker.io/library/fresh";
  engine->hold("pull_image");
  give(task("t1"));
  give(task("t2"));
  engine->release("pull_image");
  settle();
  EXPECT_EQ(engine->calls("pull_image"), 1);
  EXPECT_EQ(status("t2").state, TaskState::Running);
  spec.container->image = "app@sha256:1";
  engine->images.insert("app@sha256:1");
  give(task("t3"));
  EXPECT_EQ(status("t3").state, TaskState::Running);
  EXPECT_EQ(engine->calls("pull_image"), 1);
}

TEST_F(TaskPullTest, PullsAgainAnImageThatWasRemoved) {
  connect();
  give(task("t1"));
  engine->images.clear();
  give(task("t2"));
  EXPECT_EQ(status("t2").state, TaskState::Running);
  EXPECT_EQ(engine->calls("pull_image"), 2);
}

TEST_F(TaskPullTest, WhatNoRegistryGivesComesFromAnotherNode) {
  connect();
  testing::FakeEngine other(io.get_executor());
  other.images = {"built-here:1"};
  sink.other_node = &other;
  sink.engine_images = &engine->images;
  spec.container->image = "built-here:1";
  auto const denied = not_found("pull access denied for built-here");

  engine->fail_next("pull_image", denied);
  give(task("without"));
  EXPECT_EQ(status("without").state, TaskState::Rejected);
  EXPECT_TRUE(sink.copies.empty());

  spec.container->labels = {{"ward.pull.from", "nodes"}};
  engine->fail_next("pull_image", denied);
  give(task("with"));
  EXPECT_EQ(status("with").state, TaskState::Running);
  EXPECT_THAT(sink.history[model::TaskId("with")],
              ::testing::Contains(::testing::Field(&model::TaskStatus::message,
                                                   "copying the image from node other")));

  spec.container->image = "nowhere:1";
  engine->fail_next("pull_image", denied);
  give(task("nowhere"));
  EXPECT_EQ(status("nowhere").err,
            "pull access denied for built-here; no other node has the image");

  spec.container->image = "pinned:1@sha256:" + std::string(64, 'a');
  engine->fail_next("pull_image", denied);
  give(task("pinned"));
  EXPECT_EQ(status("pinned").err, "pull access denied for built-here");
}

class StoredLoginTest : public TaskPullTest {
 protected:
  StoredLoginTest() {
    engine->images.clear();
    spec.container->image = "registry:5000/app:1";
    sink.stored["registry:5000"] = "stored";
  }
  /// A task whose service has a credential.
  Assignment with_own(std::string const& id) const {
    auto assignment = task(id);
    assignment.registry_auth = "own";
    return assignment;
  }
  void refuse(int times = 1) {
    engine->fail_next("pull_image", internal_error("unauthorized: authentication required"), times);
  }
  using Auths = std::vector<std::string>;
};

TEST_F(StoredLoginTest, IsUsedWhereTheServiceHasNone) {
  connect();
  give(task("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  EXPECT_EQ(engine->pull_auths, (Auths{"stored"}));
  spec.container->image = "busybox";
  give(task("hub"));
  EXPECT_EQ(engine->pull_auths, (Auths{"stored", ""})) << "it is of another registry";
  sink.stored["docker.io"] = "hub";
  spec.container->image = "docker.io/library/busybox:2";
  give(task("known"));
  EXPECT_EQ(engine->pull_auths.back(), "hub");
}

TEST_F(StoredLoginTest, ComesAfterTheServicesOwn) {
  connect();
  give(with_own("good"));
  EXPECT_EQ(engine->pull_auths, (Auths{"own"}));
  spec.container->image = "registry:5000/app:2";
  refuse();
  give(with_own("expired"));
  EXPECT_EQ(status("expired").state, TaskState::Running);
  EXPECT_EQ(engine->pull_auths, (Auths{"own", "own", "stored"}));
}

TEST_F(StoredLoginTest, OtherFailuresAreTriedOnce) {
  connect();
  engine->fail_next("pull_image", not_found("manifest unknown"), 2);
  give(with_own("own"));
  EXPECT_EQ(status("own").err, "manifest unknown");
  give(task("none"));
  EXPECT_EQ(status("none").err, "manifest unknown");
  EXPECT_EQ(engine->pull_auths, (Auths{"own", "stored"}));
}

TEST_F(StoredLoginTest, ANewOneIsUsedAtOnce) {
  connect();
  refuse(2);
  give(task("t1"));
  EXPECT_EQ(status("t1").err,
            "unauthorized: authentication required (with the stored credential for registry:5000; "
            "without one it is refused too)");
  give(task("t2"));
  sink.stored["registry:5000"] = "newer";
  give(task("t3"));
  EXPECT_EQ(engine->pull_auths, (Auths{"stored", "", "stored", "newer"}))
      << "an answer to the old one serves nobody who has the new one";
  give(task("t4"));
  EXPECT_EQ(engine->pull_auths.size(), 4U);
  sink.stored.clear();
  give(task("t5"));
  EXPECT_EQ(engine->pull_auths.back(), "");
}

TEST_F(StoredLoginTest, AnOldOneKeepsNobodyFromPublicImages) {
  connect();
  refuse();
  give(task("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Running);
  EXPECT_EQ(engine->pull_auths, (Auths{"stored", ""}));
}

TEST_F(StoredLoginTest, ThatFailsTooIsSaidWithoutAnyCredential) {
  connect();
  refuse(2);
  give(with_own("t1"));
  EXPECT_EQ(status("t1").state, TaskState::Rejected);
  EXPECT_EQ(status("t1").err,
            "unauthorized: authentication required; the stored credential for registry:5000 was "
            "tried too");
  spec.container->labels = {{"ward.pull.from", "nodes"}};
  refuse(2);
  give(with_own("t2"));
  EXPECT_THAT(status("t2").err, ::testing::EndsWith("was tried too; no other node has the image"));
  spec.container->labels = {};
  engine->images = {"registry:5000/app:1"};
  refuse(2);
  give(with_own("t3"));
  EXPECT_EQ(status("t3").state, TaskState::Running) << "the image is present";
}

TEST_F(StoredLoginTest, AnEngineThatIsLostBetweenIsTriedAgain) {
  connect();
  refuse();
  engine->fail_next("pull_image", unavailable("connection lost"));
  give(with_own("t1"));
  EXPECT_TRUE(until([&] { return status("t1").state == TaskState::Running; }));
  EXPECT_EQ(engine->pull_auths, (Auths{"own", "stored", "own"}));
}

}  // namespace
}  // namespace swarmward::backends
