#include "backends/runner/network_keeper.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "backends/testing/fake_engine.h"

namespace swarmward::backends {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

model::TaskNetwork back() {
  return {"netid", "back", 4097, "10.0.1.0/24", "10.0.1.2", 1400, true, false, "10.0.1.5"};
}

class NetworkKeeperTest : public ::testing::Test {
 protected:
  NetworkKeeperTest()
      : engine_(std::make_shared<testing::FakeEngine>(io_.get_executor())),
        keeper_(std::make_shared<NetworkKeeper>(io_.get_executor(), engine_, node_)) {}

  Result<std::string> ensure(model::TaskNetwork network) {
    Result<std::string> result = internal_error("it did not end");
    asio::co_spawn(io_,
                   keeper_->ensure(std::move(network)),
                   [&](std::exception_ptr const&, Result<std::string> done) { result = done; });
    settle();
    return result;
  }
  void settle() {
    io_.restart();
    while (io_.poll() > 0) {  // Not run(): a call that is held waits for ever.
    }
  }
  /// The engine lists what was created there.
  void list_networks() {
    auto list = nlohmann::json::array();
    for (auto const& [name, body] : engine_->networks) {
      list.push_back(nlohmann::json::parse(body));
      engine_->documents["/networks/" + name] = body;
    }
    engine_->documents["/networks?filters=%7B%22label%22%3A%5B%22ward.node.id%22%5D%7D"] =
        list.dump();
  }

  asio::io_context io_;
  NodeIdentity node_{model::NodeId("abcdefghijklmnopqrstuvwxy"), "h1", {}};
  std::shared_ptr<testing::FakeEngine> engine_;
  std::shared_ptr<NetworkKeeper> keeper_;
};

TEST_F(NetworkKeeperTest, MakesANetworkOnceWithAllThatTheAgentNeeds) {
  EXPECT_TRUE(ensure(back()));
  EXPECT_TRUE(ensure(back()));
  EXPECT_EQ(engine_->calls("create_network"), 1);
  auto const body = nlohmann::json::parse(engine_->networks.at("back"));
  EXPECT_EQ(body["Driver"], "ward-abcdefghijkl");
  EXPECT_EQ(body["IPAM"]["Driver"], "null");
  EXPECT_EQ(body["Internal"], true);
  EXPECT_EQ(body["Options"],
            (nlohmann::json{{"ward.network", "netid"},
                            {"ward.vni", "4097"},
                            {"ward.subnet", "10.0.1.0/24"},
                            {"ward.node", "10.0.1.2"},
                            {"ward.mtu", "1400"}}));
}

TEST_F(NetworkKeeperTest, AnEncryptedOneIsMadeAsSuch) {
  auto network = back();
  network.encrypted = true;
  EXPECT_TRUE(ensure(network));
  auto const body = nlohmann::json::parse(engine_->networks.at("back"));
  EXPECT_EQ(body["Options"]["ward.encrypted"], "");
}

TEST_F(NetworkKeeperTest, TakesWhatIsThereAlready) {
  EXPECT_TRUE(ensure(back()));
  list_networks();
  keeper_->forget();
  EXPECT_TRUE(ensure(back()));
  EXPECT_EQ(engine_->calls("create_network"), 2);
}

TEST_F(NetworkKeeperTest, AStrangersNetworkOfThatNameIsLeftAlone) {
  engine_->networks["back"] = R"({"Name":"back","Driver":"bridge"})";
  list_networks();
  EXPECT_EQ(ensure(back()).value(), "back.netid");
  EXPECT_THAT(engine_->networks, SizeIs(2));
  EXPECT_THAT(engine_->networks.at("back"), HasSubstr("bridge"));

  engine_->networks["back.netid"] = R"({"Name":"back.netid","Driver":"bridge"})";
  list_networks();
  keeper_->forget();
  auto const refused = ensure(back());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  keeper_->keep_only({});
  settle();
  EXPECT_THAT(engine_->networks, SizeIs(2));
}

constexpr char const* kLeftOver =
    R"({"Id":"left1","Name":"back","Labels":{"ward.node.id":"gone"},"Options":{"ward.network":"old"}})";

TEST_F(NetworkKeeperTest, TakesThePlaceOfWhatAnotherNodeLeft) {
  engine_->networks["back"] = kLeftOver;
  list_networks();
  EXPECT_TRUE(ensure(back()));
  EXPECT_EQ(nlohmann::json::parse(engine_->networks.at("back"))["Labels"]["ward.node.id"],
            node_.id.view());
}

TEST_F(NetworkKeeperTest, TakesAnotherNameWhereTheEngineHoldsOn) {
  engine_->networks["back"] = kLeftOver;
  list_networks();
  engine_->fail_next("remove_network", conflict("it has active endpoints"), 2);
  EXPECT_EQ(ensure(back()).value(), "back.netid");
  list_networks();
  keeper_->forget();
  EXPECT_EQ(ensure(back()).value(), "back.netid");
  EXPECT_THAT(engine_->networks, SizeIs(2));
}

/// Of a network that the swarm had before: its tasks are still there.
constexpr char const* kEarlier =
    R"({"Id":"back","Name":"back","Labels":{"ward.node.id":"abcdefghijklmnopqrstuvwxy"},"Options":{"ward.network":"old"}})";

TEST_F(NetworkKeeperTest, TheNameOfAnAttachableNetworkIsWaitedFor) {
  engine_->networks["back"] = kEarlier;
  list_networks();
  engine_->fail_next("remove_network", conflict("it has active endpoints"), 2);
  auto attachable = back();
  attachable.attachable = true;
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto const waiting = ensure(attachable);
    ASSERT_FALSE(waiting);
    EXPECT_EQ(waiting.error().code, ErrorCode::Unavailable);
  }
  EXPECT_THAT(engine_->networks, SizeIs(1)) << "none by another name";
  EXPECT_EQ(ensure(attachable).value(), "back");
}

TEST_F(NetworkKeeperTest, ButNotForEver) {
  keeper_ = std::make_shared<NetworkKeeper>(
      io_.get_executor(), engine_, node_, std::chrono::milliseconds(0));
  engine_->networks["back"] = kEarlier;
  list_networks();
  engine_->fail_next("remove_network", conflict("it has active endpoints"), 1);
  auto attachable = back();
  attachable.attachable = true;
  EXPECT_EQ(ensure(attachable).value(), "back.netid");
}

TEST_F(NetworkKeeperTest, NobodyWaitsForTheNameOfANetworkForTasksAlone) {
  engine_->networks["back"] = kEarlier;
  list_networks();
  engine_->fail_next("remove_network", conflict("it has active endpoints"), 1);
  EXPECT_EQ(ensure(back()).value(), "back.netid");
}

TEST_F(NetworkKeeperTest, RemovesWhatAnotherNodeLeft) {
  engine_->networks["back"] = kLeftOver;
  list_networks();
  keeper_->keep_only({"old"});
  settle();
  EXPECT_THAT(engine_->networks, IsEmpty());
}

TEST_F(NetworkKeeperTest, WhatIsStillInUseIsTriedAgain) {
  EXPECT_TRUE(ensure(back()));
  list_networks();
  engine_->fail_next("remove_network", conflict("it has active endpoints"), 2);
  keeper_->keep_only({});
  io_.restart();
  io_.run_for(std::chrono::milliseconds(1500));
  EXPECT_THAT(engine_->networks, IsEmpty());
}

TEST_F(NetworkKeeperTest, RemovesWhatNobodyNeeds) {
  EXPECT_TRUE(ensure(back()));
  list_networks();
  keeper_->keep_only({"netid"});
  settle();
  EXPECT_THAT(engine_->networks, SizeIs(1));
  keeper_->keep_only({});
  settle();
  EXPECT_THAT(engine_->networks, IsEmpty());
  EXPECT_TRUE(ensure(back()));
  EXPECT_THAT(engine_->networks, SizeIs(1)) << "and makes it anew";
}

TEST_F(NetworkKeeperTest, ATaskThatComesMeanwhileFindsItsNetwork) {
  EXPECT_TRUE(ensure(back()));
  list_networks();
  engine_->hold("get_document");
  keeper_->keep_only({});
  settle();
  Result<std::string> result = internal_error("it did not end");
  asio::co_spawn(io_,
                 keeper_->ensure(back()),
                 [&](std::exception_ptr const&, Result<std::string> done) { result = done; });
  settle();
  engine_->release("get_document");
  settle();
  EXPECT_TRUE(result);
  EXPECT_THAT(engine_->networks, SizeIs(1));
}

TEST_F(NetworkKeeperTest, ANewNetworkOfTheSameNameIsNotTheOneThatGoes) {
  EXPECT_TRUE(ensure(back()));
  list_networks();
  auto renewed = back();
  renewed.id = "newid";
  Result<std::string> result = internal_error("it did not end");
  engine_->hold("create_network");
  asio::co_spawn(io_,
                 keeper_->ensure(renewed),
                 [&](std::exception_ptr const&, Result<std::string> done) { result = done; });
  settle();
  keeper_->keep_only({"newid"});
  settle();  // What goes is known, and waits for the new one.
  engine_->release("create_network");
  settle();
  EXPECT_TRUE(result);
  ASSERT_THAT(engine_->networks, SizeIs(1));
  EXPECT_EQ(nlohmann::json::parse(engine_->networks.at("back"))["Options"]["ward.network"],
            "newid");
}

}  // namespace
}  // namespace swarmward::backends
