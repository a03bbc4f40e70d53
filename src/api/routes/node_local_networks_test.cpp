// Networks that each node makes for itself, in the API.
#include "api/routes/testing/networks_test.h"
#include "api/routes/worker_networks.h"
#include "base/percent_encode.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// As the engine of a node shows its part.
std::string const kPart =
    R"({"Name":"lan","Id":"feed","Driver":"macvlan","Scope":"local","Attachable":true,
    "Created":"2024-01-02T03:04:05Z","EnableIPv6":false,"Options":{"parent":"eth0"},
    "IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"10.9.0.0/24"}]},
    "Labels":{"ward.node.id":"node2","ward.network":"net1","ward.config-from":"base","a":"b"},
    "Containers":{"c1":{"Name":"web","IPv4Address":"10.9.0.5/24"}}})";

class NodeLocalNetworksTest : public NetworksTest {
 protected:
  NodeLocalNetworksTest() {
    change([&](state::Draft& draft) -> Result<void> {
      auto node = *draft.view().find_node(draft.view().cluster->manager_node);
      node.description.plugins = {
          {"Network", "macvlan"}, {"Network", "bridge"}, {"Network", "ward-node"}};
      draft.put(std::move(node));
      return {};
    });
  }

  std::string made(std::string const& more) {
    return outcome("POST",
                   "/networks/create",
                   R"({"Name":"x","Scope":"swarm","Driver":"macvlan")" + more + "}");
  }
  std::string make_lan() {
    auto const response =
        request("POST",
                "/networks/create",
                R"({"Name":"lan","Scope":"swarm","Driver":"macvlan","Attachable":true,
                    "ConfigFrom":{"Network":"base"}})");
    EXPECT_EQ(response.status, 201U) << response.body;
    return nlohmann::json::parse(response.body, nullptr, false).value("Id", "");
  }
};

TEST_F(NodeLocalNetworksTest, AreMadeAndListedByTheirDriver) {
  auto const id = make_lan();
  auto const listed = [&](std::string const& filters) {
    control_.engine->documents["/networks?filters=" + percent_encode(filters)] = "[]";
    return get("/networks?filters=" + filters);
  };
  auto const list = listed(R"({"driver":["macvlan"]})");
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0]["Id"], id);
  EXPECT_EQ(list[0]["ConfigFrom"]["Network"], "base");
  EXPECT_THAT(listed(R"({"driver":["overlay"]})"), SizeIs(0));
}

TEST_F(NodeLocalNetworksTest, AreRefusedAsByNative) {
  EXPECT_EQ(
      outcome("POST", "/networks/create", R"({"Name":"x","Scope":"swarm","Driver":"ward-node"})"),
      "404 plugin \"ward-node\" not found");
  EXPECT_EQ(
      outcome("POST", "/networks/create", R"({"Name":"x","Scope":"swarm","Driver":"ipvlan"})"),
      "404 plugin \"ipvlan\" not found");
  EXPECT_THAT(
      outcome("POST", "/networks/create", R"({"Name":"x","Scope":"swarm","Driver":"host"})"),
      HasSubstr("400 an engine has one network of the driver host"));
  EXPECT_EQ(made(R"(,"Ingress":true)"), "403 Ingress network can only be global scope network");
  auto const* twice =
      "403 user specified configurations are not supported if the network depends on a "
      "configuration network";
  std::string const base = R"(,"ConfigFrom":{"Network":"base"})";
  EXPECT_EQ(made(base + R"(,"Labels":{"a":"b"})"), twice);
  EXPECT_EQ(made(base + R"(,"IPAM":{"Config":[{"Subnet":"10.0.0.0/24"}]})"), twice);
  EXPECT_EQ(made(base + R"(,"EnableIPv6":true)"), twice);
  EXPECT_EQ(made(base + R"(,"Options":{"parent":"eth0"})"),
            "403 network driver options are not supported if the network depends on a "
            "configuration network");
  EXPECT_THAT(store_->snapshot()->networks.size(), 0);
}

TEST_F(NodeLocalNetworksTest, MayHaveIpv6) {
  made(R"(,"EnableIPv6":true,"IPAM":{"Config":[{"Subnet":"fd00:1::/64"}]})");
  EXPECT_EQ(store_->snapshot()->networks.size(), 1U);
}

TEST_F(NodeLocalNetworksTest, WarnWhereNodesWouldGiveOutTheSameAddresses) {
  EXPECT_THAT(request("POST",
                      "/networks/create",
                      R"({"Name":"x","Scope":"swarm","Driver":"macvlan",
                          "IPAM":{"Config":[{"Subnet":"10.9.0.0/24"}]}})")
                  .body,
              HasSubstr("without asking the others"));
}

TEST_F(NodeLocalNetworksTest, ShowWhatThisNodeHas) {
  auto const id = make_lan();
  auto part = kPart;
  part.replace(part.find("net1"), 4, id);
  control_.engine->documents["/networks/lan"] = part;
  auto const shown = get("/networks/lan");
  EXPECT_EQ(shown["Id"], id);
  EXPECT_EQ(shown["Scope"], "swarm");
  EXPECT_EQ(shown["Labels"], nlohmann::json({{"a", "b"}}));
  EXPECT_EQ(shown["Options"], nlohmann::json({{"parent", "eth0"}}));
  EXPECT_EQ(shown["IPAM"]["Config"][0]["Subnet"], "10.9.0.0/24");
  EXPECT_EQ(shown["Containers"]["c1"]["IPv4Address"], "10.9.0.5/24");
  EXPECT_EQ(shown["ConfigFrom"]["Network"], "base");
}

TEST_F(NodeLocalNetworksTest, AWorkerReadsThemOffItsEngine) {
  auto const network = swarm_network_from(nlohmann::json::parse(kPart));
  ASSERT_TRUE(network);
  EXPECT_EQ(network->id.view(), "net1");
  EXPECT_EQ(network->spec.driver.name, "macvlan");
  EXPECT_EQ(network->spec.config_from, "base");
  EXPECT_TRUE(network->spec.attachable);
}

}  // namespace
}  // namespace swarmward::api
