// Networks that an engine makes for itself, kept for the swarm.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "backends/runner/network_body.h"
#include "backends/runner/network_keeper.h"
#include "backends/testing/fake_engine.h"

namespace swarmward::backends {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;

class NodeLocalNetworkTest : public ::testing::Test {
 protected:
  NodeLocalNetworkTest() {
    auto spec = std::make_shared<model::NetworkSpec>();
    spec->driver = {"bridge", {{"mode", "x"}}};
    spec->annotations.labels = {{"a", "b"}};
    spec->ipam = {{"10.9.0.0/24", "10.9.0.64/26", "10.9.0.1", {{"router", "10.9.0.7"}}}};
    yard_.id = "netid";
    yard_.name = "yard";
    yard_.aliases = {"web", "tasks.web"};
    yard_.attachable = true;
    yard_.node_local = spec;
    auto after = std::make_shared<model::NetworkSpec>();
    after->driver.name = "macvlan";
    after->config_from = "base";
    configured_ = yard_;
    configured_.node_local = after;
    engine_->documents["/networks/yard"] = "{}";  // Nobody's yet.
  }

  Result<std::string> ensure(model::TaskNetwork network) {
    Result<std::string> result = internal_error("it did not end");
    asio::co_spawn(io_,
                   keeper_->ensure(std::move(network)),
                   [&](std::exception_ptr const&, Result<std::string> done) { result = done; });
    io_.restart();
    while (io_.poll() > 0) {
    }
    return result;
  }
  json made(std::string const& name) { return json::parse(engine_->networks.at(name)); }

  asio::io_context io_;
  NodeIdentity node_{model::NodeId("abcdefghijklmnopqrstuvwxy"), "h1", {}};
  std::shared_ptr<testing::FakeEngine> engine_ =
      std::make_shared<testing::FakeEngine>(io_.get_executor());
  std::shared_ptr<NetworkKeeper> keeper_ =
      std::make_shared<NetworkKeeper>(io_.get_executor(), engine_, node_);
  model::TaskNetwork yard_;
  model::TaskNetwork configured_;
};

TEST_F(NodeLocalNetworkTest, IsMadeOfTheUsersWords) {
  ASSERT_TRUE(ensure(yard_));
  auto const body = made("yard");
  EXPECT_EQ(body["Driver"], "bridge");
  EXPECT_EQ(body["Options"], json({{"mode", "x"}}));
  EXPECT_EQ(body["IPAM"], json::parse(R"({"Driver":"default","Options":{},"Config":[{
      "Subnet":"10.9.0.0/24","IPRange":"10.9.0.64/26","Gateway":"10.9.0.1",
      "AuxiliaryAddresses":{"router":"10.9.0.7"}}]})"));
  EXPECT_EQ(body["Labels"],
            json({{"a", "b"}, {"ward.node.id", node_.id.view()}, {"ward.network", "netid"}}));
}

TEST_F(NodeLocalNetworkTest, IsMadeAfterAnother) {
  engine_->documents["/networks/base"] =
      R"({"Name":"base","ConfigOnly":true,"EnableIPv6":true,"Options":{"parent":"eth0"},
      "Labels":{"c":"d"},"IPAM":{"Driver":"default","Config":[{"Subnet":"10.8.0.0/24"}]}})";
  ASSERT_TRUE(ensure(configured_));
  auto const body = made("yard");
  EXPECT_EQ(body["Driver"], "macvlan");
  EXPECT_EQ(body["Options"], json({{"parent", "eth0"}}));
  EXPECT_EQ(body["EnableIPv6"], true);
  EXPECT_EQ(body["IPAM"]["Config"][0]["Subnet"], "10.8.0.0/24");
  EXPECT_EQ(body["Labels"]["c"], "d");
  EXPECT_EQ(body["Labels"]["ward.config-from"], "base");
  EXPECT_FALSE(body.contains("ConfigFrom"));
}

TEST_F(NodeLocalNetworkTest, WaitsForTheOtherOne) {
  auto const missing = "configuration network \"base\" does not exist";
  engine_->documents["/networks/base"] = R"({"Name":"base","ConfigOnly":false})";
  EXPECT_EQ(ensure(configured_).error().message, missing);
  engine_->documents["/networks/base"] = R"({"Name":"other","ConfigOnly":true})";
  EXPECT_EQ(ensure(configured_).error().message, missing);
  EXPECT_THAT(engine_->networks, IsEmpty());
}

TEST_F(NodeLocalNetworkTest, IsKnownAgainByItsLabels) {
  ASSERT_TRUE(ensure(yard_));
  engine_->documents["/networks/yard"] = engine_->networks.at("yard");
  keeper_->forget();
  EXPECT_EQ(ensure(yard_).value(), "yard");
}

TEST_F(NodeLocalNetworkTest, NeedsTheOtherOneNoMoreOnceItIsThere) {
  engine_->documents["/networks/base"] = R"({"Name":"base","ConfigOnly":true})";
  ASSERT_TRUE(ensure(configured_));
  engine_->documents["/networks/yard"] = engine_->networks.at("yard");
  engine_->documents.erase("/networks/base");
  keeper_->forget();
  EXPECT_TRUE(ensure(configured_));
}

TEST_F(NodeLocalNetworkTest, WaitsForItsEarlierNamesake) {
  engine_->networks["yard"] = engine_->documents["/networks/yard"] =
      R"({"Name":"yard","Id":"e1","Labels":{"ward.node.id":"abcdefghijklmnopqrstuvwxy",
          "ward.network":"earlier"}})";
  engine_->fail_next("remove_network", Error{ErrorCode::Forbidden, "has active endpoints"}, 1);
  yard_.attachable = false;
  EXPECT_EQ(ensure(yard_).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(engine_->networks.size(), 1U);
}

TEST_F(NodeLocalNetworkTest, TheEngineKnowsTheNamesAndOptions) {
  yard_.driver_options = {{"a", "b"}};
  EXPECT_EQ(json::parse(render_endpoint(yard_)),
            json::parse(R"({"Aliases":["web","tasks.web"],"DriverOpts":{"a":"b"}})"));
}

}  // namespace
}  // namespace swarmward::backends
