#include "api/passthrough/attached_body.h"

#include <gmock/gmock.h>

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> networks_of(std::string const& body) {
  std::vector<std::string> names;
  for (auto const& wish : wishes_of_create(OrderedJson::parse(body))) {
    names.push_back(wish.network);
  }
  return names;
}

GivenPlace given(std::string const& word, std::string const& name) {
  AttachWish wish;
  wish.network = word;
  return {wish, {"id-" + name, "net-" + name, name, "10.0.1.5", "10.0.1.2"}};
}

TEST(AttachedBody, FindsTheNetworksOfANewContainer) {
  EXPECT_THAT(networks_of("{}"), IsEmpty());
  for (auto const* own : {"", "default", "bridge", "host", "none", "container:web"}) {
    EXPECT_THAT(networks_of(R"({"HostConfig":{"NetworkMode":")" + std::string(own) + R"("}})"),
                IsEmpty())
        << own;
  }
  EXPECT_THAT(networks_of(R"({"HostConfig":{"NetworkMode":"back"}})"), ElementsAre("back"));
  EXPECT_THAT(networks_of(R"({"hostconfig":{"networkmode":"back"},"NetworkingConfig":{
      "EndpointsConfig":{"front":{},"back":{},"bridge":{}}}})"),
              ElementsAre("back", "front"));
  EXPECT_THAT(networks_of(R"({"HostConfig":7,"NetworkingConfig":{"EndpointsConfig":[1]}})"),
              IsEmpty());
}

TEST(AttachedBody, TakesAddressAndAliasesFromTheEndpoint) {
  auto const body = OrderedJson::parse(R"({"HostConfig":{"NetworkMode":"back"},"NetworkingConfig":{
      "EndpointsConfig":{"back":{"IPAMConfig":{"IPv4Address":"10.0.1.9"},"Aliases":["a","b",7]}}}})");
  auto const wishes = wishes_of_create(body);
  ASSERT_THAT(wishes, SizeIs(1));
  EXPECT_EQ(wishes[0].address, "10.0.1.9");
  EXPECT_THAT(wishes[0].aliases, ElementsAre("a", "b"));
  auto const connect = wish_of_connect(
      "back",
      OrderedJson::parse(R"({"EndpointConfig":{"IPAMConfig":{"IPv4Address":"10.0.1.8"}}})"));
  EXPECT_EQ(connect.network, "back");
  EXPECT_EQ(connect.address, "10.0.1.8");
}

TEST(AttachedBody, LeavesANodeLocalNetworkToItsEngine) {
  auto const body = OrderedJson::parse(R"({"HostConfig":{"NetworkMode":"lan","Dns":["8.8.8.8"]},
      "NetworkingConfig":{"EndpointsConfig":{"lan":{"IPAMConfig":{"IPv4Address":"10.9.0.5"},
      "Aliases":["x"]}}}})");
  auto place = given("lan", "lan");
  place.place.address = place.place.node_address = "";
  auto const made = attached_create(body, {place}, Endpoints::One);
  EXPECT_EQ(made.body["HostConfig"], body["HostConfig"]);
  EXPECT_EQ(made.body["NetworkingConfig"]["EndpointsConfig"]["lan"],
            OrderedJson::parse(R"({"IPAMConfig":{"IPv4Address":"10.9.0.5"},"Aliases":["x"],
                "DriverOpts":{"ward.attachment":"id-lan"}})"));
  auto const both = attached_create(body, {place, given("back", "back")}, Endpoints::Any);
  EXPECT_EQ(both.body["HostConfig"]["Dns"], OrderedJson::parse(R"(["10.0.1.2","8.8.8.8"])"));
}

TEST(AttachedBody, PutsTheContainerAtItsPlace) {
  auto const body = OrderedJson::parse(R"({"Image":"app","HostConfig":{"NetworkMode":"bac",
      "Dns":["8.8.8.8"],"DnsOptions":["ndots:3","rotate"]},"NetworkingConfig":{"EndpointsConfig":{"bac":{
      "IPAMConfig":{"IPv4Address":"10.0.1.5"},"Aliases":["x"],"MacAddress":"02:42:00:00:00:01",
      "DriverOpts":{"a":"b"}}}}})");
  auto const made = attached_create(body, {given("bac", "back")}, Endpoints::One);
  EXPECT_THAT(made.later, IsEmpty());
  EXPECT_EQ(made.body, OrderedJson::parse(R"({"Image":"app","HostConfig":{"NetworkMode":"back",
      "Dns":["10.0.1.2","8.8.8.8"],"DnsOptions":["rotate"]},"NetworkingConfig":{"EndpointsConfig":{"back":{
      "MacAddress":"02:42:00:00:00:01","DriverOpts":{"a":"b","ward.ip":"10.0.1.5",
      "ward.network":"net-back","ward.attachment":"id-back"}}}}})"));
}

TEST(AttachedBody, MakesTheEndpointThatAModeStandsFor) {
  auto const body = OrderedJson::parse(R"({"HostConfig":{"NetworkMode":"back"}})");
  auto const made = attached_create(body, {given("back", "back")}, Endpoints::Any);
  EXPECT_EQ(made.body["HostConfig"]["NetworkMode"], "back");
  EXPECT_EQ(made.body["NetworkingConfig"]["EndpointsConfig"]["back"]["DriverOpts"]["ward.ip"],
            "10.0.1.5");
}

TEST(AttachedBody, TheHostsServersStandBehindTheNetworks) {
  auto place = given("back", "back");
  place.place.resolvers = {"192.0.2.53"};
  auto const made = attached_create(OrderedJson::object(), {place}, Endpoints::Any);
  EXPECT_EQ(made.body["HostConfig"]["Dns"], OrderedJson::parse(R"(["10.0.1.2","192.0.2.53"])"));
  auto const own = OrderedJson::parse(R"({"HostConfig":{"Dns":["8.8.8.8"]}})");
  EXPECT_EQ(attached_create(own, {place}, Endpoints::Any).body["HostConfig"]["Dns"],
            OrderedJson::parse(R"(["10.0.1.2","8.8.8.8"])"));
}

TEST(AttachedBody, EnginesThatTakeOneEndpointGetTheOthersLater) {
  auto const body = OrderedJson::parse(R"({"HostConfig":{"NetworkMode":"back"},"NetworkingConfig":{
      "EndpointsConfig":{"local":{"Aliases":["x"]},"back":{},"front":{}}}})");
  std::vector<GivenPlace> const both{given("back", "back"), given("front", "front")};
  auto const at_once = attached_create(body, both, Endpoints::Any);
  EXPECT_THAT(at_once.later, IsEmpty());
  EXPECT_EQ(at_once.body["NetworkingConfig"]["EndpointsConfig"].size(), 3U);
  auto const made = attached_create(body, both, Endpoints::One);
  EXPECT_EQ(made.body["NetworkingConfig"]["EndpointsConfig"].size(), 1U);
  EXPECT_TRUE(made.body["NetworkingConfig"]["EndpointsConfig"].contains("back"));
  ASSERT_THAT(made.later, SizeIs(2));
  EXPECT_EQ(made.later[0].network, "local");
  EXPECT_EQ(made.later[0].endpoint["Aliases"][0], "x");  // An engine's own network keeps them.
  EXPECT_EQ(made.later[1].network, "front");
  EXPECT_EQ(made.later[1].endpoint["DriverOpts"]["ward.attachment"], "id-front");
}

TEST(AttachedBody, ConnectsAtThePlace) {
  auto const body = OrderedJson::parse(R"({"Container":"web","EndpointConfig":{"Aliases":["x"]}})");
  EXPECT_EQ(attached_connect(body, given("back", "back").place),
            OrderedJson::parse(R"({"Container":"web","EndpointConfig":{"DriverOpts":{
      "ward.ip":"10.0.1.5","ward.network":"net-back","ward.attachment":"id-back"}}})"));
  auto const bare = OrderedJson::parse(R"({"Container":"web"})");
  EXPECT_TRUE(attached_connect(bare, given("b", "b").place).contains("EndpointConfig"));
}

TEST(AttachedBody, ReadsWhatTheEngineSaysOfAContainer) {
  auto const container = engine_container(R"({"Id":"c1","Name":"/web","State":{"Running":true},
      "NetworkSettings":{"Networks":{"back":{"DriverOpts":{"ward.attachment":"a1"}},"own":null}}})");
  ASSERT_TRUE(container);
  EXPECT_EQ(container->id, "c1");
  EXPECT_EQ(container->name, "web");
  EXPECT_TRUE(container->running);
  EXPECT_THAT(container->networks, ElementsAre("back", "own"));
  EXPECT_EQ(container->attachments.at("back"), "a1");
  EXPECT_FALSE(engine_container("{}"));
  EXPECT_FALSE(engine_container("["));
}

}  // namespace
}  // namespace swarmward::api
