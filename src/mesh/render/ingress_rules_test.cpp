#include "mesh/render/ingress_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mesh/render/published_rules.h"
#include "mesh/testing/golden.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

model::PlannedNetwork network() {
  model::PlannedNetwork network;
  network.subnet = "10.0.0.0/24";
  network.node_address = "10.0.0.2";
  network.local = {"10.0.0.11"};
  network.peers = {{"10.0.0.12", "192.0.2.2", "10.0.0.3"}, {"10.0.0.3", "192.0.2.2", "10.0.0.3"}};
  return network;
}

std::vector<model::PlannedPort> ports() {
  return {{8080, 80, model::Protocol::Tcp, {"10.0.0.11", "10.0.0.12"}},
          {8080, 53, model::Protocol::Udp, {"10.0.0.12"}},
          {9000, 90, model::Protocol::Sctp, {}}};
}

IngressRules rules() {
  return plan_ingress_rules(network(), ports(), nullptr);
}

TEST(IngressRules, TheTablesAreComplete) {
  auto const text = render_ingress_tables(rules());
  EXPECT_EQ(text, golden("ingress.nft", text));
}

TEST(IngressRules, OnlyNodesAreBalancers) {
  EXPECT_THAT(rules().balancers, ElementsAre(Address{0x0A000003U}));
}

TEST(IngressRules, AnEqualPlanChangesNothing) {
  auto const before = rules();
  auto const after = plan_ingress_rules(network(), ports(), &before);
  EXPECT_EQ(render_ingress_change(before, after), StagedChange());
}

TEST(IngressRules, ABackendThatGoesIsOneMove) {
  auto const before = rules();
  auto changed = ports();
  changed[0].backends = {"10.0.0.12"};
  auto const change =
      render_ingress_change(before, plan_ingress_rules(network(), changed, &before));
  EXPECT_THAT(change.add, IsEmpty());  // Another port has the chain.
  EXPECT_EQ(change.turn,
            "delete element ip ward_ingress ports { tcp . 8080 }\n"
            "delete element ip ward_ingress backends { tcp . 8080 . 256 }\n"
            "add element ip ward_ingress backends { tcp . 8080 . 256 : 10.0.0.12 . 80 }\n"
            "add element ip ward_ingress ports { tcp . 8080 : goto pick1_16 }\n");
  EXPECT_EQ(change.remove,
            "delete element ip ward_ingress backends { tcp . 8080 . 257 }\n"
            "delete chain ip ward_ingress pick2_16\n");
}

TEST(IngressRules, ANodeThatJoinsIsAnElementOfBothSets) {
  auto changed = network();
  changed.peers.push_back({"10.0.0.4", "192.0.2.3", "10.0.0.4"});
  EXPECT_EQ(render_ingress_change(rules(), plan_ingress_rules(changed, ports(), nullptr)).add,
            "add element ip ward_ingress balancers { 02:42:0a:00:00:04 }\n"
            "add element bridge ward_ingress balancers { 02:42:0a:00:00:04 }\n");
}

TEST(IngressRules, AnotherAddressOfTheNodeReplacesTheTables) {
  auto changed = network();
  changed.node_address = "10.0.0.4";
  EXPECT_THAT(render_ingress_change(rules(), plan_ingress_rules(changed, ports(), nullptr)).turn,
              StartsWith("add table ip ward_ingress\ndelete table ip ward_ingress\n"));
}

TEST(IngressRules, WhatIsNoPortOrAddressIsLeftOut) {
  auto changed = ports();
  changed.push_back({70000, 80, model::Protocol::Tcp, {"10.0.0.11"}});
  changed[0].backends.emplace_back("x }; flush ruleset");
  auto const text = render_ingress_tables(plan_ingress_rules(network(), changed, nullptr));
  EXPECT_THAT(text, Not(HasSubstr("70000")));
  EXPECT_THAT(text, Not(HasSubstr("flush")));
}

TEST(IngressRules, PortsThatKeepTheClientKnowTheWayBack) {
  auto changed = ports();
  changed[0].mode = model::IngressMode::Preserve;
  auto const wanted = plan_ingress_rules(network(), changed, nullptr);
  EXPECT_THAT(wanted.kept.ports, ElementsAre("tcp . 8080"));
  EXPECT_THAT(wanted.kept.local, ElementsAre(Address{0x0A00000BU}));
  EXPECT_THAT(wanted.kept.detours,
              ElementsAre(::testing::Pair(Address{0x0A00000CU}, Address{0x0A000003U})));
  EXPECT_EQ(render_ingress_change(rules(), wanted).add,
            "add element ip ward_ingress kept { tcp . 8080 }\n"
            "add element ip ward_ingress kept_local { 10.0.0.11 }\n"
            "add element ip ward_ingress entries { 02:42:0a:00:00:03 : 65539 }\n"
            "add element ip ward_ingress zones { 02:42:0a:00:00:03 : 3 }\n");
  EXPECT_EQ(render_ingress_change(wanted, rules()).remove,
            "delete element ip ward_ingress kept { tcp . 8080 }\n"
            "delete element ip ward_ingress kept_local { 10.0.0.11 }\n"
            "delete element ip ward_ingress entries { 02:42:0a:00:00:03 : 65539 }\n"
            "delete element ip ward_ingress zones { 02:42:0a:00:00:03 : 3 }\n");
}

std::vector<Address> of_interface(std::string const& name) {
  return name == "lan0" ? std::vector<Address>{{0x0A010001U}, {0x0A010002U}}
                        : std::vector<Address>{};
}

PublishedRules published() {
  return {.host_side = {0xA9FEFA01U},
          .ingress_side = {0xA9FEFA02U},
          .ports = plan_published(ports(), of_interface)};
}

TEST(PublishedRules, TheTableIsComplete) {
  auto const text = render_published_table(published());
  EXPECT_EQ(text, golden("published.nft", text));
}

TEST(PublishedRules, AChangeIsElementsOnly) {
  auto changed = published();
  changed.ports.erase({model::Protocol::Sctp, 9000, {}});
  changed.ports.insert({model::Protocol::Tcp, 9001, {}});
  EXPECT_EQ(render_published_change(published(), changed),
            "delete element ip ward_published published { sctp . 9000 }\n"
            "add element ip ward_published published { tcp . 9001 }\n");
  EXPECT_THAT(render_published_change(changed, changed), IsEmpty());
}

TEST(PublishedRules, APortMayBeAnsweredAtSomeAddressesOnly) {
  auto bound = ports();
  bound[0].at = {"192.0.2.7", "lan0", "none0"};
  auto changed = published();
  changed.ports = plan_published(bound, of_interface);
  EXPECT_EQ(render_published_change(published(), changed),
            "delete element ip ward_published published { tcp . 8080 }\n"
            "add element ip ward_published bound { 10.1.0.1 . tcp . 8080, 10.1.0.2 . tcp . 8080, "
            "192.0.2.7 . tcp . 8080 }\n");
}

}  // namespace
}  // namespace swarmward::mesh
