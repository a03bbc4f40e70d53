#include "mesh/render/vip_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mesh/testing/golden.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

model::PlannedNetwork network() {
  model::PlannedNetwork network;
  network.subnet = "10.0.1.0/24";
  network.node_address = "10.0.1.2";
  network.local = {"10.0.1.11", "10.0.1.12"};
  network.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12", "10.0.1.13"}}, {"10.0.1.6", {}}};
  return network;
}

VipRules rules(model::PlannedNetwork const& of) {
  return plan_vip_rules(of, VipSource::Client, nullptr);
}

TEST(VipRules, TheTableIsComplete) {
  auto const text = render_vip_table(rules(network()));
  EXPECT_EQ(text, golden("vip_client.nft", text));
}

TEST(VipRules, WithoutBridgeNetfilterTheNodeIsTheSource) {
  auto const text = render_vip_table(plan_vip_rules(network(), VipSource::Node, nullptr));
  EXPECT_EQ(text, golden("vip_node.nft", text));
}

TEST(VipRules, AnEqualPlanChangesNothing) {
  auto const before = rules(network());
  auto const after = plan_vip_rules(network(), VipSource::Client, &before);
  EXPECT_EQ(before, after);
  EXPECT_EQ(render_vip_change(before, after), StagedChange());
}

TEST(VipRules, PlacesOfBackendsAreKept) {
  auto const before = rules(network());
  auto changed = network();
  changed.vips[0].backends = {"10.0.1.12", "10.0.1.13"};
  auto const after = plan_vip_rules(changed, VipSource::Client, &before);
  EXPECT_THAT(after.balance.at("10.0.1.5")->targets, ElementsAre("10.0.1.13", "10.0.1.12"));
}

TEST(VipRules, AMemberThatComesOrGoesIsOneElement) {
  auto changed = network();
  changed.local = {"10.0.1.12", "10.0.1.14"};
  auto const change = render_vip_change(rules(network()), rules(changed));
  EXPECT_EQ(change.add, "add element ip ward_vip hairpin { 10.0.1.14 . 10.0.1.14 }\n");
  EXPECT_EQ(change.remove, "delete element ip ward_vip hairpin { 10.0.1.11 . 10.0.1.11 }\n");
}

TEST(VipRules, AnotherAddressOfTheNodeReplacesTheTable) {
  auto changed = network();
  changed.node_address = "10.0.1.3";
  EXPECT_THAT(render_vip_change(rules(network()), rules(changed)).turn,
              StartsWith("add table ip ward_vip\ndelete table ip ward_vip\n"));
}

TEST(VipRules, WhatIsNoAddressNeverBecomesACommand) {
  auto changed = network();
  changed.vips.push_back({"10.0.1.7 }; flush ruleset; {", {"10.0.1.11"}});
  changed.vips[0].backends.emplace_back("; flush ruleset");
  changed.local.emplace_back("flush");
  EXPECT_THAT(render_vip_table(rules(changed)), Not(HasSubstr("flush")));
}

TEST(VipRules, NeighbouringVipsHaveCountersOfTheirOwn) {
  auto changed = network();
  changed.vips[1].backends = changed.vips[0].backends;
  auto const text = render_vip_table(rules(changed));
  EXPECT_THAT(text, HasSubstr("10.0.1.5 : goto pick3_5, 10.0.1.6 : goto pick3_6"));
}

}  // namespace
}  // namespace swarmward::mesh
