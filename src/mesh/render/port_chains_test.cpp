#include "mesh/render/port_chains.h"

#include <gmock/gmock.h>

namespace swarmward::mesh {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

model::PlannedNetwork ingress() {
  model::PlannedNetwork network;
  network.subnet = "10.0.0.0/24";
  network.node_address = "10.0.0.2";
  network.local = {"10.0.0.11"};
  network.peers = {{"10.0.0.3", "192.0.2.2", "10.0.0.3"}, {"10.0.0.12", "192.0.2.2", "10.0.0.3"}};
  return network;
}

std::vector<model::PlannedPort> ports() {
  return {{8080, 80, model::Protocol::Tcp, {"10.0.0.11", "10.0.0.12"}},
          {8080, 53, model::Protocol::Udp, {"10.0.0.12"}},
          {9000, 80, model::Protocol::Tcp, {}}};
}

TEST(PortChains, EachPortTakesTurns) {
  auto const chains = plan_port_chains(ingress(), ports(), Backend::Iptables, BridgedFrames::Shown);
  auto const& nat = chains.at("nat").chains;
  EXPECT_THAT(nat.at("WARD-PORT-ALL"),
              ElementsAre("-p tcp --dport 8080 -j WARD-PORT-tcp-8080",
                          "-p udp --dport 8080 -j WARD-PORT-udp-8080"));
  EXPECT_THAT(nat.at("WARD-PORT-tcp-8080"),
              ElementsAre("-p tcp -m statistic --mode nth --every 2 --packet 0 -j DNAT "
                          "--to-destination 10.0.0.11:80",
                          "-p tcp -j DNAT --to-destination 10.0.0.12:80"));
  EXPECT_THAT(nat.at("WARD-PORT-SOURCE"),
              ElementsAre("-m conntrack --ctstate DNAT -m connmark ! --mark 2 -j SNAT --to-source "
                          "10.0.0.2",
                          "-m conntrack --ctstate DNAT -s 10.0.0.0/24 -j SNAT --to-source "
                          "10.0.0.2"));
  EXPECT_FALSE(chains.contains("raw"));
}

TEST(PortChains, OnlyOtherNodesMayOpenConnections) {
  auto const strangers = [](BridgedFrames frames) {
    return plan_port_chains(ingress(), ports(), Backend::Iptables, frames)
        .at("mangle")
        .chains.at("WARD-PORT-STRANGERS");
  };
  EXPECT_THAT(strangers(BridgedFrames::Shown),
              ElementsAre("-m physdev ! --physdev-in vxlan0 -j DROP",
                          "-m mac --mac-source 02:42:0a:00:00:03 -j RETURN",
                          "-j DROP"));
  EXPECT_THAT(strangers(BridgedFrames::Hidden), Not(Contains(HasSubstr("physdev"))));
}

TEST(PortChains, WithIpvsOnlyWhatIsAroundItIsHere) {
  auto const chains = plan_port_chains(ingress(), ports(), Backend::Ipvs, BridgedFrames::Shown);
  auto const& nat = chains.at("nat");
  EXPECT_FALSE(nat.chains.contains("WARD-PORT-ALL"));
  EXPECT_THAT(nat.jumps, ElementsAre(Pair("POSTROUTING", "-o br0 -j WARD-PORT-SOURCE")));
  EXPECT_THAT(nat.chains.at("WARD-PORT-SOURCE"), Contains(HasSubstr("-m ipvs --ipvs")).Times(2));
  EXPECT_TRUE(chains.at("mangle").chains.contains("WARD-PORT-ARRIVE"));
}

TEST(PortChains, ClientsAreKeptWhereTheServiceAsksForIt) {
  auto kept = ports();
  kept[0].mode = model::IngressMode::Preserve;
  auto const chains = plan_port_chains(ingress(), kept, Backend::Iptables, BridgedFrames::Shown);
  auto const& arrive = chains.at("mangle").chains.at("WARD-PORT-ARRIVE");
  EXPECT_THAT(arrive,
              Contains("-i ward1 -p tcp --dport 8080 -m conntrack --ctstate NEW -j CONNMARK "
                       "--set-mark 2"));
  EXPECT_THAT(arrive,
              Contains("-i br0 -m conntrack --ctstate NEW -m mac --mac-source 02:42:0a:00:00:03 -j "
                       "CONNMARK --set-mark 65539"));
  EXPECT_THAT(chains.at("raw").chains.at("WARD-PORT-ZONE"),
              ElementsAre("-d 10.0.0.11 -j WARD-PORT-ZONES"));
  EXPECT_THAT(chains.at("raw").chains.at("WARD-PORT-ZONES"),
              ElementsAre("-m mac --mac-source 02:42:0a:00:00:03 -j CT --zone-orig 3"));
}

TEST(PortChains, TheHostHandsItsPortsOver) {
  auto const address = [](char const* text) { return parse_address(text).value(); };
  PublishedRules const rules{.host_side = address("169.254.250.1"),
                             .ingress_side = address("169.254.250.2"),
                             .ports = {{model::Protocol::Tcp, 8080, {}},
                                       {model::Protocol::Udp, 53, address("192.0.2.1")}}};
  auto const nat = plan_published_chains(rules).at("nat");
  EXPECT_THAT(nat.chains.at("WARD-PUB-ALL"),
              ElementsAre("-p tcp --dport 8080 -j DNAT --to-destination 169.254.250.2",
                          "-d 192.0.2.1 -p udp --dport 53 -j DNAT --to-destination 169.254.250.2"));
  EXPECT_THAT(nat.chains.at("WARD-PUB-SOURCE"),
              ElementsAre("-s 127.0.0.0/8 -j SNAT --to-source 169.254.250.1"));
  EXPECT_THAT(nat.jumps,
              ElementsAre(Pair("PREROUTING", "-m addrtype --dst-type LOCAL -j WARD-PUB-ALL"),
                          Pair("OUTPUT", "-m addrtype --dst-type LOCAL -j WARD-PUB-ALL"),
                          Pair("POSTROUTING", "-o ward0 -j WARD-PUB-SOURCE")));
}

}  // namespace
}  // namespace swarmward::mesh
