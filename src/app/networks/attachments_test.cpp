#include "app/networks/attachments.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "state/testing/memory_persistence.h"

namespace swarmward::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Places = Result<api::AttachControl::Places>;

/// A manager whose allocator and runners are played by the test.
class AttachmentsTest : public ::testing::Test {
 protected:
  AttachmentsTest() {
    store_.watch(
        [this](auto const& /*snapshot*/, auto const& touched) { attachments_.published(touched); });
    EXPECT_TRUE(store_.load());
    change([](state::Draft& draft) -> Result<void> {
      model::Node node;
      node.id = model::NodeId("node1");
      node.access.agent_port = 7946;
      node.attachments.push_back({model::NetworkId("net1"), "10.0.1.2/24"});
      draft.put(std::move(node));
      model::Network network;
      network.id = model::NetworkId("net1");
      network.spec.annotations.name = "open";
      network.spec.attachable = true;
      network.vni = 4097;
      network.ipam = {{"10.0.1.0/24", "", "10.0.1.1", {}}};
      draft.put(network);
      network.id = model::NetworkId("net2");
      network.spec.annotations.name = "back";
      network.spec.attachable = false;
      draft.put(std::move(network));
      return {};
    });
  }

  void change(state::Change const& what) {
    EXPECT_TRUE(store_.apply(what));
    settle();
  }
  /// Until all is published, for the disk answers from a thread of its own, and nothing runs.
  void settle() {
    auto const guard = boost::asio::make_work_guard(io_);
    int quiet = 0;
    for (int turn = 0; turn < 5000 && quiet < 3; ++turn) {
      io_.restart();
      bool const idle = io_.run_for(std::chrono::milliseconds(1)) == 0;
      bool const published = store_.snapshot()->version == store_.head().version;
      quiet = idle && published ? quiet + 1 : 0;
    }
  }
  std::shared_ptr<std::optional<Places>> attach(std::vector<api::AttachWish> wishes) {
    auto const result = std::make_shared<std::optional<Places>>();
    boost::asio::co_spawn(
        io_,
        attachments_.attach(model::NodeId("node1"), std::move(wishes)),
        [result](std::exception_ptr const&, Places places) { *result = std::move(places); });
    settle();
    return result;
  }
  std::vector<state::TaskPtr> tasks() { return store_.snapshot()->tasks_of({}); }
  void settle_task(model::TaskState state, std::string const& err = {}) {
    change([&](state::Draft& draft) -> Result<void> {
      auto task = *draft.view().tasks_of({}).at(0);
      task.networks.push_back({model::NetworkId("net1"), "10.0.1.5/24"});
      task.status.state = state;
      task.status.err = err;
      draft.put(std::move(task));
      return {};
    });
  }

  boost::asio::io_context io_;
  SystemClock clock_;
  state::StateStore store_{io_.get_executor(),
                           std::make_unique<state::MemoryPersistence>(),
                           state::id_only_codec(),
                           clock_};
  Attachments attachments_{io_.get_executor(), store_, system_random()};
};

TEST_F(AttachmentsTest, WaitsForThePlace) {
  auto const result = attach({{"open", "10.0.1.5", {"db"}}, {"nope", "", {}}});
  EXPECT_FALSE(*result);
  ASSERT_THAT(tasks(), SizeIs(1));
  EXPECT_EQ(model::wanted_address(*tasks()[0]), "10.0.1.5");
  EXPECT_EQ(tasks()[0]->node_id, model::NodeId("node1"));
  settle_task(model::TaskState::Assigned);
  EXPECT_FALSE(*result);  // Its network is not on the engine yet.
  settle_task(model::TaskState::Ready);
  ASSERT_TRUE(*result);
  ASSERT_TRUE(**result);
  auto const& places = ***result;
  ASSERT_THAT(places, SizeIs(2));
  ASSERT_TRUE(places[0]);
  EXPECT_EQ(places[0]->id, tasks()[0]->id.view());
  EXPECT_EQ(places[0]->name, "open");
  EXPECT_EQ(places[0]->address, "10.0.1.5");
  EXPECT_EQ(places[0]->node_address, "10.0.1.2");
  EXPECT_FALSE(places[1]);
}

TEST_F(AttachmentsTest, SaysWhyThereIsNone) {
  auto const result = attach({{"open", "10.0.1.5", {}}});
  settle_task(model::TaskState::Rejected, "the address 10.0.1.5 is in use");
  ASSERT_TRUE(*result);
  ASSERT_FALSE(**result);
  EXPECT_EQ((*result)->error().message,
            "attaching to network failed, make sure your network options are correct and check "
            "manager logs: the address 10.0.1.5 is in use");
  settle();
  EXPECT_THAT(tasks(), IsEmpty());
}

TEST_F(AttachmentsTest, DoesNotWaitForWhatHasGoneWithItsNetwork) {
  auto const answer = attach({{"open", "", {}}});
  ASSERT_FALSE(*answer);
  change([](state::Draft& draft) -> Result<void> {
    auto const task = draft.view().tasks_of({}).at(0);
    draft.erase(task->id);
    return {};
  });
  ASSERT_TRUE(*answer);
  EXPECT_THAT((*answer)->error().message, HasSubstr("the network has gone"));
}

TEST_F(AttachmentsTest, NetworksThatAreNotAttachableRefuse) {
  auto const result = attach({{"open", "", {}}, {"back", "", {}}});
  ASSERT_TRUE(*result);
  ASSERT_FALSE(**result);
  EXPECT_EQ((*result)->error().message,
            "Could not attach to network back: rpc error: code = PermissionDenied desc = network "
            "back not manually attachable");
  EXPECT_THAT(tasks(), IsEmpty());
}

TEST_F(AttachmentsTest, AmbiguousBeginningsOfIdsAreRefused) {
  auto const result = attach({{"net", "", {}}});
  ASSERT_TRUE(*result);
  EXPECT_THAT((*result)->error().message, HasSubstr("ambiguous (2 matches found based on ID"));
}

TEST_F(AttachmentsTest, OnlyTheNodesOwnAreDetached) {
  attach({{"open", "", {}}});
  ASSERT_THAT(tasks(), SizeIs(1));
  auto const detach = [this](char const* node) {
    boost::asio::co_spawn(io_,
                          attachments_.detach(model::NodeId(node), {tasks()[0]->id.str(), "nope"}),
                          [](std::exception_ptr const&, Result<void> const&) {});
    settle();
  };
  detach("node2");
  EXPECT_THAT(tasks(), SizeIs(1));
  detach("node1");
  EXPECT_THAT(tasks(), IsEmpty());
}

TEST_F(AttachmentsTest, WhatRunnersSeeIsWrittenOnce) {
  attach({{"open", "", {}}});
  settle_task(model::TaskState::Ready);
  model::SeenAttachment const seen{tasks()[0]->id, model::TaskState::Running, "c1", "web", "inner"};
  attachments_.seen({seen});
  settle();
  EXPECT_EQ(tasks()[0]->status.state, model::TaskState::Running);
  EXPECT_EQ(tasks()[0]->service_annotations->name, "web");
  auto const version = tasks()[0]->meta.version;
  attachments_.seen({seen});
  settle();
  EXPECT_EQ(tasks()[0]->meta.version, version);
}

}  // namespace
}  // namespace swarmward::app
