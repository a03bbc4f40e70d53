#include "mesh/inspect/table_contents.h"

#include <gmock/gmock.h>

#include "mesh/render/ingress_rules.h"
#include "mesh/render/vip_rules.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

model::PlannedNetwork network_with_vip() {
  model::PlannedNetwork network;
  network.node_address = "10.0.1.2";
  network.local = {"10.0.1.11"};
  network.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12"}}};
  return network;
}

TEST(TableContents, CommandsAreReadAsWhatTheyMake) {
  auto const rules = plan_vip_rules(network_with_vip(), VipSource::Client, nullptr);
  auto const contents = rendered_contents(render_vip_table(rules), kVipTable);
  EXPECT_THAT(
      contents.chains,
      ElementsAre(Pair("balance", 1), Pair("pick2_5", 2), Pair("share", 1), Pair("source", 1)));
  EXPECT_THAT(contents.sets.at("hairpin"), ElementsAre("10.0.1.11 . 10.0.1.11"));
  EXPECT_THAT(contents.sets.at("vips"), ElementsAre("10.0.1.5 : goto pick2_5"));
  EXPECT_THAT(contents.sets.at("backends"),
              ElementsAre("10.0.1.5 . 256 : 10.0.1.11", "10.0.1.5 . 257 : 10.0.1.12"));
}

TEST(TableContents, EmptySetsAreSetsAsWell) {
  auto const rules = plan_vip_rules({}, VipSource::Client, nullptr);
  auto const contents = rendered_contents(render_vip_table(rules), kVipTable);
  EXPECT_THAT(contents.sets,
              ElementsAre(Pair("backends", ElementsAre()),
                          Pair("hairpin", ElementsAre()),
                          Pair("vips", ElementsAre())));
}

TEST(TableContents, OneTableOfTwoIsRead) {
  auto const commands = render_ingress_tables(plan_ingress_rules(network_with_vip(), {}, nullptr));
  EXPECT_THAT(rendered_contents(commands, kIsolationTable).chains, ElementsAre(Pair("isolate", 4)));
  EXPECT_TRUE(rendered_contents(commands, kIngressTable).chains.contains("arrive"));
}

TEST(TableContents, ListingsAreReadAlike) {
  auto const contents = listed_contents(R"({"nftables": [
      {"metainfo": {"json_schema_version": 1}},
      {"map": {"name": "ports", "elem":
        [[{"concat": ["tcp", 8080]}, {"goto": {"target": "pick1_16"}}]]}},
      {"map": {"name": "backends", "elem":
        [[{"concat": ["tcp", 8080, 256]}, {"concat": ["10.0.0.11", 80]}]]}},
      {"set": {"name": "balancers", "elem": ["02:42:0a:00:00:03",
        {"elem": {"val": {"prefix": {"addr": "10.0.0.0", "len": 8}}}}]}},
      {"set": {"name": "empty"}},
      {"chain": {"name": "balance"}}, {"chain": {"name": "bare"}},
      {"rule": {"chain": "balance", "expr": []}}]})");
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_THAT(contents->chains, ElementsAre(Pair("balance", 1), Pair("bare", 0)));
  EXPECT_THAT(contents->sets.at("ports"), ElementsAre("tcp . 8080 : goto pick1_16"));
  EXPECT_THAT(contents->sets.at("backends"), ElementsAre("tcp . 8080 . 256 : 10.0.0.11 . 80"));
  EXPECT_THAT(contents->sets.at("balancers"), ElementsAre("02:42:0a:00:00:03", "10.0.0.0/8"));
  EXPECT_TRUE(contents->sets.at("empty").empty());
}

TEST(TableContents, ListingsThatMakeNoSenseAreErrors) {
  for (auto const* text :
       {"", "[]", "{}", R"({"nftables": [{"chain": 1}]})", R"({"nftables": [{"rule": []}]})"}) {
    EXPECT_FALSE(listed_contents(text)) << text;
  }
}

TEST(TableContents, TargetsComeInTheOrderOfTheirIndexes) {
  auto const targets = targets_by_key({"tcp . 80 . 1000 : 10.0.0.3 . 8",
                                       "tcp . 80 . 999 : 10.0.0.9 . 8",
                                       "10.0.1.5 . 256 : 10.0.1.11",
                                       "odd"});
  EXPECT_THAT(targets,
              ElementsAre(Pair("10.0.1.5", ElementsAre("10.0.1.11")),
                          Pair("tcp . 80", ElementsAre("10.0.0.9 . 8", "10.0.0.3 . 8"))));
}

}  // namespace
}  // namespace swarmward::mesh
