#include "wire/network.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/list_text.h"
#include "wire/task.h"
#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace swarmward::wire {
namespace {

using nlohmann::json;

Result<NetworkRequest> read(std::string_view text) {
  return network_request_from_json(*parse_body(text));
}

std::string refusal(std::string_view text) {
  auto const request = read(text);
  return request ? "accepted" : request.error().message;
}

TEST(Network, FullNetworkIsShownAsNative) {
  testing::expect_golden("full_network.json", to_json(testing::full_network()));
}

TEST(Network, OneWithoutAddressesHasNoDriverYet) {
  model::Network network;
  network.id = model::NetworkId("n1");
  network.spec.annotations.name = "back";
  network.spec.driver.name = "overlay";
  network.spec.ipam = {{"10.8.0.0/24", "", "", {}}};
  EXPECT_EQ(to_json(network), json::parse(R"({"Name":"back","Id":"n1",
      "Created":"0001-01-01T00:00:00Z","Scope":"swarm","Driver":"","EnableIPv4":true,
      "EnableIPv6":false,"IPAM":{"Driver":"","Options":null,"Config":null},"Internal":false,
      "Attachable":false,"Ingress":false,"ConfigFrom":{"Network":""},"ConfigOnly":false,
      "Containers":null,"Options":null,"Labels":null})"));
}

TEST(Network, PredefinedOnesGoByTheirNames) {
  auto const host = predefined_network_json("host", Time{});
  EXPECT_EQ(host["Id"], "host");
  EXPECT_EQ(host["Driver"], "host");
  EXPECT_EQ(host["Scope"], "swarm");
  EXPECT_EQ(host["IPAM"]["Config"], json::array());
  EXPECT_EQ(host["Labels"], json({{"com.docker.swarm.predefined", "true"}}));
}

TEST(Network, AttachmentsOfATaskAreShownAsNative) {
  auto const network = testing::full_network();
  auto task = testing::full_task();
  task.networks = {{network.id, "10.8.0.129/24"}, {model::NetworkId("gone"), "10.0.1.5/24"}};
  auto const shown =
      to_json(task, [&](auto const& id) { return id == network.id ? &network : nullptr; });
  testing::expect_golden("full_attachments.json", shown["NetworksAttachments"]);
}

TEST(Network, AttachmentsOfAPlainNetworkHaveLittle) {
  model::Network network;
  network.id = model::NetworkId("n1");
  network.spec.annotations.name = "back";
  network.spec.driver.name = "overlay";
  network.vni = 4097;
  network.ipam = {{"10.0.1.0/24", "", "10.0.1.1", {}}};
  auto task = testing::full_task();
  task.networks = {{network.id, "10.0.1.3/24"}};
  auto const shown = to_json(task, [&](auto const&) { return &network; });
  EXPECT_EQ(shown["NetworksAttachments"], json::parse(R"([{"Network":{"ID":"n1","Version":{},
      "CreatedAt":"0001-01-01T00:00:00Z","UpdatedAt":"0001-01-01T00:00:00Z","Spec":{"Name":"back",
      "Labels":{},"DriverConfiguration":{"Name":"overlay"},"Scope":"swarm"},"DriverState":{
      "Name":"overlay","Options":{"com.docker.network.driver.overlay.vxlanid_list":"4097"}},
      "IPAMOptions":{"Driver":{"Name":"default"},"Configs":[{"Subnet":"10.0.1.0/24",
      "Gateway":"10.0.1.1"}]}},"Addresses":["10.0.1.3/24"]}])"));
}

model::Network node_local() {
  model::Network network;
  network.id = model::NetworkId("n1");
  network.spec.annotations.name = "lan";
  network.spec.driver.name = "macvlan";
  network.spec.config_from = "base";
  return network;
}

TEST(Network, NodeLocalOnesAreShownAsTheUserNamedThem) {
  auto const shown = to_json(node_local());
  EXPECT_EQ(shown["Driver"], "macvlan");
  EXPECT_EQ(shown["ConfigFrom"], json({{"Network", "base"}}));
  EXPECT_EQ(shown["IPAM"], json::parse(R"({"Driver":"","Options":null,"Config":[]})"));
  EXPECT_EQ(shown["Options"], nullptr);
  auto network = node_local();
  network.spec.driver.options = {{"parent", "eth0"}};
  network.spec.ipam = {{"10.9.0.0/24", "", "", {}}};
  auto const own = to_json(network);
  EXPECT_EQ(own["Options"], json({{"parent", "eth0"}}));
  EXPECT_EQ(own["IPAM"]["Config"], json::parse(R"([{"Subnet":"10.9.0.0/24"}])"));
}

TEST(Network, AttachmentsOfANodeLocalOneHaveNoAddresses) {
  auto const network = node_local();
  auto task = testing::full_task();
  task.networks = {{network.id, ""}};
  auto const shown = to_json(task, [&](auto const&) { return &network; });
  EXPECT_EQ(shown["NetworksAttachments"], json::parse(R"([{"Network":{"ID":"n1","Version":{},
      "CreatedAt":"0001-01-01T00:00:00Z","UpdatedAt":"0001-01-01T00:00:00Z","Spec":{"Name":"lan",
      "Labels":{},"DriverConfiguration":{"Name":"macvlan"},"ConfigFrom":{"Network":"base"},
      "Scope":"swarm"},"DriverState":{"Name":"macvlan"},"IPAMOptions":{"Driver":{}}}}])"));
  std::string text;
  TaskTexts([&](auto const&) { return &network; }).append(text, task);
  EXPECT_EQ(json::parse(text)["NetworksAttachments"], shown["NetworksAttachments"]);
}

TEST(NetworkRequest, WhatTheClientSends) {
  auto const request = read(R"({"CheckDuplicate":true,"Name":"back","Driver":"overlay","Scope":"",
      "EnableIPv6":true,"IPAM":{"Driver":"default","Options":{"foo":"bar"},"Config":[{
      "Subnet":"10.8.0.0/24","IPRange":"10.8.0.128/25","Gateway":"10.8.0.9",
      "AuxiliaryAddresses":{"printer":"10.8.0.5"}}]},"Internal":true,"Attachable":true,
      "Ingress":true,"ConfigOnly":false,"ConfigFrom":null,"Options":{"k":"v"},"Labels":{"a":"b"}})");
  ASSERT_TRUE(request);
  model::NetworkSpec expected;
  expected.annotations = {"back", {{"a", "b"}}};
  expected.driver = {"overlay", {{"k", "v"}}};
  expected.ipv6 = expected.internal = expected.attachable = expected.ingress = true;
  expected.ipam_driver = model::Driver{"default", {{"foo", "bar"}}};
  expected.ipam = {{"10.8.0.0/24", "10.8.0.128/25", "10.8.0.9", {{"printer", "10.8.0.5"}}}};
  EXPECT_EQ(request->spec, expected);
  EXPECT_TRUE(request->ipv4);
}

TEST(NetworkRequest, WhatStacksSend) {
  auto const request = read(R"({"name":"s_default","driver":"overlay","ipam":null,"options":null,
      "scope":"swarm","configFrom":{"network":"base"},"configonly":true,"EnableIPv4":false})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->spec.annotations.name, "s_default");
  EXPECT_FALSE(request->spec.ipam_driver);
  EXPECT_EQ(request->scope, "swarm");
  EXPECT_EQ(request->spec.config_from, "base");
  EXPECT_TRUE(request->config_only);
  EXPECT_FALSE(request->ipv4);
}

TEST(NetworkRequest, OlderVersionsDoNotKnowIpv4) {
  auto request = *read(R"({"EnableIPv4":false})");
  auto old = request;
  trim_for_version(request, 1, 48);
  EXPECT_FALSE(request.ipv4);
  trim_for_version(old, 1, 47);
  EXPECT_TRUE(old.ipv4);
}

TEST(NetworkRequest, TypeErrorsAreGos) {
  EXPECT_EQ(refusal("null"), "accepted");
  EXPECT_NE(refusal(R"({"Name":5})").find("json: cannot unmarshal number into Go struct field "),
            std::string::npos);
  EXPECT_NE(refusal(R"({"IPAM":{"Config":5}})").find("IPAM.Config of type []network.IPAMConfig"),
            std::string::npos);
}

}  // namespace
}  // namespace swarmward::wire
