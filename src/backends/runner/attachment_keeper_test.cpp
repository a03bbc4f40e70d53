#include "backends/runner/attachment_keeper.h"

#include "backends/testing/runner_fixture.h"

namespace swarmward::backends {
namespace {

using ::testing::IsEmpty;
using testing::RunnerFixture;
using ::testing::SizeIs;

/// A node whose engine shows containers in the network "back".
class AttachmentKeeperTest : public RunnerFixture {
 protected:
  AttachmentKeeperTest() {
    list({});
    connect();
  }

  static Assignment attachment(std::string const& id, std::string const& container = {}) {
    auto made = model::make_attachment(
        model::TaskId(id), model::NodeId("node1"), {model::NetworkId("netid"), "", {}});
    made.meta.created_at = Time{std::chrono::seconds(1'000'000)};
    made.status.state = model::TaskState::Assigned;
    if (!container.empty()) {
      model::ContainerStatus status;
      status.container_id = container;
      made.status.container = status;
    }
    Assignment assignment;
    assignment.task = std::make_shared<model::Task const>(std::move(made));
    assignment.networks.push_back(
        {"netid", "back", 4097, "10.0.1.0/24", "10.0.1.2", 1450, false, false, "10.0.1.5"});
    assignment.networks.back().attachable = true;
    return assignment;
  }

  struct Shown {
    std::string id;
    std::string name;
    std::string state;
    std::string attachment;
  };
  void list(std::vector<Shown> const& containers) {
    std::string all;
    for (auto const& shown : containers) {
      all += (all.empty() ? "" : ",") + (R"({"Id":")" + shown.id) + R"(","Names":["/)" +
             shown.name + R"("],"State":")" + shown.state +
             R"(","NetworkSettings":{"Networks":{"back":{}}}})";
      engine->documents["/containers/" + shown.id + "/json"] =
          R"({"Id":")" + shown.id + R"(","Config":{"Hostname":"inner"},"NetworkSettings":)" +
          R"({"Networks":{"back":{"DriverOpts":{"ward.attachment":")" + shown.attachment +
          R"("}}}}})";
    }
    engine->documents[members_path({"back"})] = "[" + all + "]";
  }
  model::SeenAttachment seen(std::string const& id) { return sink.attachments[model::TaskId(id)]; }
  bool becomes(std::string const& id, model::TaskState state) {
    return until(
        [&] { return sink.attachments.contains(model::TaskId(id)) && seen(id).state == state; });
  }
};

TEST_F(AttachmentKeeperTest, TheNetworkIsThereBeforeTheContainer) {
  give(attachment("a1"));
  EXPECT_TRUE(becomes("a1", model::TaskState::Ready));
  EXPECT_THAT(engine->networks, SizeIs(1));
  EXPECT_TRUE(engine->networks.contains("back"));
  EXPECT_TRUE(seen("a1").container.empty());
  EXPECT_EQ(engine->calls("create_container"), 0);
}

TEST_F(AttachmentKeeperTest, FindsTheContainerAndFollowsIt) {
  give(attachment("a1"));
  list({{"c1", "web", "running", "a1"}, {"c2", "other", "running", "a7"}});
  EXPECT_TRUE(becomes("a1", model::TaskState::Running));
  EXPECT_EQ(seen("a1").container.str(), "c1");
  EXPECT_EQ(seen("a1").name, "web");
  EXPECT_EQ(seen("a1").hostname, "inner");
  list({{"c1", "renamed", "exited", "a1"}});
  EXPECT_TRUE(becomes("a1", model::TaskState::Ready));
  EXPECT_EQ(seen("a1").name, "renamed");
  list({});
  EXPECT_TRUE(becomes("a1", model::TaskState::Complete));
}

TEST_F(AttachmentKeeperTest, AContainerThatWentMeanwhileIsGone) {
  give(attachment("a1", "c1"));
  EXPECT_TRUE(becomes("a1", model::TaskState::Complete));
}

TEST_F(AttachmentKeeperTest, APlaceThatNobodyTakesIsGivenBack) {
  give(attachment("a1"));
  EXPECT_TRUE(becomes("a1", model::TaskState::Ready));
  clock.time += std::chrono::minutes(2);
  EXPECT_TRUE(becomes("a1", model::TaskState::Complete));
}

TEST_F(AttachmentKeeperTest, ASilentEngineTellsNothing) {
  give(attachment("a1", "c1"));
  list({{"c1", "web", "running", "a1"}});
  EXPECT_TRUE(becomes("a1", model::TaskState::Running));
  engine->documents.clear();
  EXPECT_FALSE(becomes("a1", model::TaskState::Complete));
}

TEST_F(AttachmentKeeperTest, ANameThatTheEngineHasTakenIsARefusal) {
  engine->networks["back"] = "{}";
  engine->documents["/networks/back"] = R"({"Name":"back"})";
  give(attachment("a1"));
  EXPECT_TRUE(becomes("a1", model::TaskState::Rejected));
  EXPECT_EQ(seen("a1").err,
            "the engine has a network of its own named back: rename or remove one of the two");
}

TEST_F(AttachmentKeeperTest, ANameThatAnEarlierNetworkStillHasIsWaitedFor) {
  engine->networks["back"] = "{}";
  engine->documents["/networks/back"] =
      R"({"Id":"back","Name":"back","Labels":{"ward.node.id":"node1"},"Options":{"ward.network":"old"}})";
  engine->fail_next("remove_network", conflict("it has active endpoints"), 2);
  give(attachment("a1"));
  EXPECT_TRUE(becomes("a1", model::TaskState::Ready));
  EXPECT_THAT(engine->networks, SizeIs(1));
}

TEST_F(AttachmentKeeperTest, TheLastOneTakesTheNetworkWithIt) {
  give(attachment("a1"));
  give(attachment("a2"));
  ASSERT_TRUE(becomes("a2", model::TaskState::Ready));
  engine->documents["/networks?filters=%7B%22label%22%3A%5B%22ward.node.id%22%5D%7D"] =
      R"([{"Id":"back","Name":"back","Labels":{"ward.node.id":"node1"},
           "Options":{"ward.network":"netid"}}])";
  runner->task_gone(model::TaskId("a1"));
  EXPECT_TRUE(until([&] { return engine->calls("get_document") > 0; }));
  EXPECT_THAT(engine->networks, SizeIs(1));
  runner->task_gone(model::TaskId("a2"));
  EXPECT_TRUE(until([&] { return engine->networks.empty(); }));
}

}  // namespace
}  // namespace swarmward::backends
