#include "mesh/plugin/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace swarmward::mesh {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json network() {
  return {{"NetworkID", "6a1f"},
          {"Options",
           {{"com.docker.network.generic",
             {{"ward.network", "n1"},
              {"ward.vni", "4097"},
              {"ward.subnet", "10.0.1.0/24"},
              {"ward.node", "10.0.1.2"}}}}},
          {"IPv4Data", json::array()}};
}

json endpoint() {
  return {{"NetworkID", "6a1f"},
          {"EndpointID", "77b2"},
          {"Interface", {{"Address", ""}, {"MacAddress", ""}}},
          {"Options", {{"ward.ip", "10.0.1.5"}, {"com.docker.network.portmap", json::array()}}}};
}

TEST(CreateNetworkRequest, IsRead) {
  auto const read = create_network_from(network().dump());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->network, "6a1f");
  EXPECT_EQ(read->options.network, "n1");
  EXPECT_EQ(read->options.vni, 4097U);
  EXPECT_EQ(to_text(read->options.subnet), "10.0.1.0/24");
  EXPECT_EQ(to_text(read->options.node), "10.0.1.2");
  EXPECT_EQ(read->options.mtu, 1450U);
  EXPECT_FALSE(read->options.internal);
}

TEST(CreateNetworkRequest, TakesFurtherSubnets) {
  auto body = network();
  auto& options = body["Options"]["com.docker.network.generic"];
  options["ward.more-subnets"] = "10.0.2.0/29,10.0.3.0/24";
  options["ward.node"] = "10.0.2.2";
  auto const read = create_network_from(body.dump());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->options.more_subnets.size(), 2U);
  EXPECT_EQ(to_text(read->options.more_subnets[1]), "10.0.3.0/24");
}

TEST(CreateNetworkRequest, TakesMtuAndInternal) {
  auto body = network();
  body["Options"]["com.docker.network.generic"]["ward.mtu"] = "1400";
  body["Options"]["com.docker.network.internal"] = true;
  auto const read = create_network_from(body.dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->options.mtu, 1400U);
  EXPECT_TRUE(read->options.internal);
  EXPECT_FALSE(read->options.encrypted);
}

TEST(CreateNetworkRequest, EncryptionIsAskedForByTheOptionsPresence) {
  auto body = network();
  body["Options"]["com.docker.network.generic"]["ward.encrypted"] = "";
  auto const read = create_network_from(body.dump());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->options.encrypted);
}

TEST(CreateNetworkRequest, RefusesBadOptionsByName) {
  std::vector<std::pair<char const*, json>> const bad{{"ward.network", ""},
                                                      {"ward.network", "a/../b"},
                                                      {"ward.network", std::string(129, 'a')},
                                                      {"ward.vni", "0"},
                                                      {"ward.vni", "16777216"},
                                                      {"ward.vni", "12x"},
                                                      {"ward.vni", 12},
                                                      {"ward.subnet", "10.0.1.0/31"},
                                                      {"ward.subnet", "10.0.1.1/24"},
                                                      {"ward.node", "10.0.2.1"},
                                                      {"ward.more-subnets", "10.0.2.0/31"},
                                                      {"ward.more-subnets", "10.0.2.0/24,,"},
                                                      {"ward.node", "10.0.1.255"},
                                                      {"ward.mtu", "575"},
                                                      {"ward.mtu", "65486"}};
  for (auto const& [name, value] : bad) {
    auto body = network();
    body["Options"]["com.docker.network.generic"][name] = value;
    auto const read = create_network_from(body.dump());
    ASSERT_FALSE(read) << name << " " << value;
    EXPECT_THAT(read.error().message, HasSubstr(name));
  }
}

TEST(Requests, RefuseWhatIsNoRequest) {
  for (auto const* body : {"", "[]", "null", "{", "\"x\"", "{\"NetworkID\":7}"}) {
    EXPECT_FALSE(create_network_from(body)) << body;
    EXPECT_FALSE(create_endpoint_from(body)) << body;
    EXPECT_FALSE(endpoint_from(body)) << body;
    EXPECT_FALSE(network_from(body)) << body;
  }
  EXPECT_FALSE(network_from(std::string(kMaxRequestBytes + 1, ' ')));
}

TEST(CreateEndpointRequest, TakesTheAddressFromTheOptions) {
  auto const read = create_endpoint_from(endpoint().dump());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->endpoint, "77b2");
  EXPECT_EQ(to_text(read->address), "10.0.1.5");
  EXPECT_FALSE(read->address_from_engine);
  EXPECT_FALSE(read->mac);
}

TEST(CreateEndpointRequest, TakesWhatTheEngineChose) {
  auto body = endpoint();
  body["Interface"] = {{"Address", "10.0.1.9/24"}, {"MacAddress", "02:00:00:00:00:01"}};
  auto const read = create_endpoint_from(body.dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(read->address), "10.0.1.9");
  EXPECT_TRUE(read->address_from_engine);
  EXPECT_EQ(to_text(*read->mac), "02:00:00:00:00:01");
}

TEST(CreateEndpointRequest, NeedsAnAddress) {
  auto body = endpoint();
  body["Interface"] = nullptr;
  body["Options"] = nullptr;
  EXPECT_THAT(create_endpoint_from(body.dump()).error().message, HasSubstr("needs"));
}

TEST(CreateEndpointRequest, RefusesAnAddressOfAGroupForADevice) {
  auto body = endpoint();
  body["Interface"]["MacAddress"] = "01:00:5e:00:00:01";
  EXPECT_FALSE(create_endpoint_from(body.dump()));
}

}  // namespace
}  // namespace swarmward::mesh
