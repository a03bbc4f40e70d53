#include "api/routes/worker_networks.h"

#include "api/routes/testing/networks_test.h"

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string const kPart =
    R"({"Name":"back","Id":"feed","Driver":"ward-node","Internal":true,"Created":"2024-01-02T03:04:05Z",
    "Labels":{"ward.node.id":"node2"},"Options":{"ward.network":"net1","ward.vni":"4097",
    "ward.subnet":"10.0.1.0/24"},"Containers":{"c1":{"Name":"web","IPv4Address":"10.0.1.5/24"}}})";

TEST(WorkerNetworks, AreReadOffTheEnginesParts) {
  auto const network = swarm_network_from(nlohmann::json::parse(kPart));
  ASSERT_TRUE(network);
  EXPECT_EQ(network->id.view(), "net1");
  EXPECT_EQ(network->name(), "back");
  EXPECT_TRUE(network->spec.internal);
  EXPECT_EQ(network->vni, 4097U);
  EXPECT_EQ(network->ipam.at(0).subnet, "10.0.1.0/24");
  EXPECT_EQ(network->ipam.at(0).gateway, "10.0.1.1");
  EXPECT_FALSE(swarm_network_from(nlohmann::json::parse(R"({"Name":"own"})")));
  EXPECT_FALSE(swarm_network_from(nlohmann::json::parse("7")));
}

TEST_F(NetworksTest, AWorkerShowsWhatItHas) {
  change([](state::Draft& draft) -> Result<void> {
    draft.erase_cluster();
    return {};
  });
  EXPECT_FALSE(api_->owns("GET", "/networks", {1, 44}, ""));
  control_.worker_view = std::make_shared<WorkerView const>();
  EXPECT_TRUE(api_->owns("GET", "/networks", {1, 44}, ""));
  EXPECT_TRUE(api_->owns("GET", "/networks/back", {1, 44}, ""));
  control_.engine->documents["/networks"] =
      "[" + kPart + R"(,{"Name":"bridge","Id":"b1","Driver":"bridge"}])";
  control_.engine->documents["/networks/back"] = kPart;
  auto const list = get("/networks");
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0]["Id"], "net1");
  EXPECT_EQ(list[0]["Driver"], "overlay");
  EXPECT_EQ(list[0]["Scope"], "swarm");
  EXPECT_EQ(list[1]["Name"], "bridge");
  auto const shown = get("/networks/back");
  EXPECT_EQ(shown["Id"], "net1");
  EXPECT_EQ(shown["Containers"]["c1"]["IPv4Address"], "10.0.1.5/24");
  EXPECT_EQ(outcome("GET", "/networks/own"), kFromEngine);
}

}  // namespace
}  // namespace swarmward::api
