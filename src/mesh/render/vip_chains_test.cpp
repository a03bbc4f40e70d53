#include "mesh/render/vip_chains.h"

#include <gmock/gmock.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

model::PlannedNetwork network() {
  model::PlannedNetwork network;
  network.subnet = "10.0.1.0/24";
  network.node_address = "10.0.1.2";
  network.local = {"10.0.1.11", "no address"};
  network.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12", "10.0.1.12; -j DROP"}},
                  {"10.0.1.6", {}},
                  {"-j DROP", {"10.0.1.11"}}};
  return network;
}

TEST(VipChains, AChainForEachVipTakesTurns) {
  auto const chains = plan_vip_chains(network(), VipSource::Client);
  auto const& nat = chains.at("nat");
  EXPECT_THAT(nat.chains.at("WARD-VIP-ALL"), ElementsAre("-d 10.0.1.5 -j WARD-VIP-10.0.1.5"));
  EXPECT_THAT(nat.chains.at("WARD-VIP-10.0.1.5"),
              ElementsAre("-m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination "
                          "10.0.1.11",
                          "-j DNAT --to-destination 10.0.1.12"));
  EXPECT_THAT(nat.jumps,
              ElementsAre(Pair("PREROUTING", "-p tcp -j WARD-VIP-ALL"),
                          Pair("PREROUTING", "-p udp -j WARD-VIP-ALL"),
                          Pair("PREROUTING", "-p sctp -j WARD-VIP-ALL"),
                          Pair("POSTROUTING", "-j WARD-VIP-SOURCE")));
}

TEST(VipChains, WhoMeetsItselfSeesTheNode) {
  EXPECT_THAT(plan_vip_chains(network(), VipSource::Client).at("nat").chains.at("WARD-VIP-SOURCE"),
              ElementsAre("-s 10.0.1.11 -d 10.0.1.11 -j SNAT --to-source 10.0.1.2"));
  EXPECT_THAT(plan_vip_chains(network(), VipSource::Node).at("nat").chains.at("WARD-VIP-SOURCE"),
              ElementsAre("-m conntrack --ctstate DNAT -j SNAT --to-source 10.0.1.2"));
}

TEST(VipChains, WithoutAnAddressOfTheNodeNobodyIsBalanced) {
  auto without = network();
  without.node_address.clear();
  EXPECT_THAT(plan_vip_chains(without, VipSource::Client).at("nat").chains, IsEmpty());
  EXPECT_THAT(plan_vip_marks(without).at("mangle").chains, IsEmpty());
}

TEST(VipChains, IpvsKnowsVipsByMarks) {
  auto const chains = plan_vip_marks(network());
  EXPECT_THAT(chains.at("mangle").chains.at("WARD-VIP-ALL"),
              ElementsAre("-d 10.0.1.5 -p udp -j MARK --set-mark 0x40000105",
                          "-d 10.0.1.5 ! -p udp -j MARK --set-mark 0x20000105",
                          "-d 10.0.1.6 -p udp -j MARK --set-mark 0x40000106",
                          "-d 10.0.1.6 ! -p udp -j MARK --set-mark 0x20000106"));
  EXPECT_THAT(chains.at("nat").chains.at("WARD-VIP-SOURCE"),
              ElementsAre("-m ipvs --ipvs -j SNAT --to-source 10.0.1.2"));
}

}  // namespace
}  // namespace swarmward::mesh
