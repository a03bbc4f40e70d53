#include "mesh/inspect/chain_contents.h"

#include <gmock/gmock.h>

#include "mesh/inspect/service_contents.h"
#include "mesh/inspect/testing/kinds.h"
#include "mesh/render/vip_chains.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Pair;

TEST(ChainContents, PublishedPortsAreKeyedAsInNftables) {
  auto const contents = chain_contents(
      "*nat\n"
      ":WARD-PUB-ALL - [0:0]\n"
      "-A PREROUTING -m addrtype --dst-type LOCAL -j WARD-PUB-ALL\n"
      "-A WARD-PUB-ALL -p tcp -m tcp --dport 8080 -j DNAT --to-destination 169.254.250.2\n"
      "-A WARD-PUB-ALL -d 192.0.2.7/32 -p udp -m udp --dport 53 -j DNAT --to-destination "
      "169.254.250.2\n");
  EXPECT_THAT(contents.sets,
              ElementsAre(Pair("published", ElementsAre("192.0.2.7 . udp . 53", "tcp . 8080"))));
  EXPECT_THAT(contents.rules,
              ElementsAre(Pair("PREROUTING (nat)",
                               ElementsAre("-m addrtype --dst-type LOCAL -j WARD-PUB-ALL")),
                          Key("WARD-PUB-ALL (nat)")));
  EXPECT_THAT(contents.told_by, ElementsAre(Pair("WARD-PUB-ALL (nat)", "published")));
}

TEST(ChainContents, TurnsAreBackendsInTheirOrder) {
  auto const contents = chain_contents(
      "*nat\n"
      ":WARD-PORT-ALL - [0:0]\n"
      ":WARD-PORT-tcp-8080 - [0:0]\n"
      ":WARD-PORT-SOURCE - [0:0]\n"
      "-A WARD-PORT-ALL -p tcp -m tcp --dport 8080 -j WARD-PORT-tcp-8080\n"
      "-A WARD-PORT-tcp-8080 -p tcp -m statistic --mode nth --every 2 --packet 0 -j DNAT "
      "--to-destination 10.0.0.12:80\n"
      "-A WARD-PORT-tcp-8080 -p tcp -j DNAT --to-destination 10.0.0.11:80\n");
  EXPECT_THAT(contents.sets.at("ports"), ElementsAre("tcp . 8080 : goto WARD-PORT-tcp-8080"));
  EXPECT_THAT(targets_by_key(contents.sets.at("backends")),
              ElementsAre(Pair("tcp . 8080", ElementsAre("10.0.0.12 . 80", "10.0.0.11 . 80"))));
  EXPECT_EQ(contents.told_by.at("WARD-PORT-tcp-8080 (nat)"), "tcp . 8080");
  EXPECT_FALSE(contents.told_by.contains("WARD-PORT-SOURCE (nat)"));
}

TEST(ChainContents, VirtualAddressesByIptablesAndByMarks) {
  auto const contents = chain_contents(
      "*mangle\n"
      ":WARD-VIP-ALL - [0:0]\n"
      "-A WARD-VIP-ALL -d 10.0.1.5/32 -p udp -j MARK --set-xmark 0x40000105/0xffffffff\n"
      "-A WARD-VIP-ALL -d 10.0.1.5/32 ! -p udp -j MARK --set-xmark 0x20000105/0xffffffff\n"
      "*nat\n"
      ":WARD-VIP-10.0.1.6 - [0:0]\n"
      "-A WARD-VIP-ALL -d 10.0.1.6/32 -j WARD-VIP-10.0.1.6\n"
      "-A WARD-VIP-10.0.1.6 -j DNAT --to-destination 10.0.1.11\n");
  EXPECT_THAT(contents.sets.at("vips"),
              ElementsAre("10.0.1.5 : mark 0x20000105/0xffffffff",
                          "10.0.1.5 udp : mark 0x40000105/0xffffffff",
                          "10.0.1.6 : goto WARD-VIP-10.0.1.6"));
  EXPECT_THAT(contents.sets.at("backends"), ElementsAre("10.0.1.6 . 1 : 10.0.1.11"));
}

TEST(ChainContents, WhatIsNoneOfOursIsARuleAndNothingElse) {
  auto const contents = chain_contents(
      "*nat\n"
      ":WARD-VIP-ALL - [0:0]\n"
      ":WARD-PORT-tcp- - [0:0]\n"
      "-A WARD-VIP-ALL -j RETURN\n"
      "-A\n"
      "-A WARD-PORT-tcp-\n"
      "nonsense\n");
  EXPECT_THAT(contents.sets, ElementsAre(Pair("vips", IsEmpty())));
  EXPECT_THAT(contents.rules.at("WARD-VIP-ALL (nat)"), ElementsAre("-j RETURN"));
}

TEST(ServiceContents, ServersWithTheirWeightsInTurn) {
  VirtualService const port{
      .mark = 0, .protocol = model::Protocol::Tcp, .address = ip("169.254.250.2"), .port = 8080};
  auto const keys = port_keys({{8080, 80, model::Protocol::Tcp, {"10.0.0.11"}}}, port.address);
  VirtualService stranger = port;
  stranger.port = 9;
  auto const contents = service_contents(
      std::map<VirtualService, ServersInTurn>{
          {port, {{{ip("10.0.0.12"), 80}, 1}, {{ip("10.0.0.11"), 80}, 0}}}, {stranger, {}}},
      keys);
  EXPECT_THAT(contents.sets.at("services"), ElementsAre("tcp . 8080", "tcp 169.254.250.2:9"));
  EXPECT_THAT(targets_by_key(contents.sets.at("backends")),
              ElementsAre(Pair("tcp . 8080", ElementsAre("10.0.0.12 . 80", "10.0.0.11 . 80"))));
  EXPECT_THAT(
      contents.weights,
      ElementsAre(Pair("tcp . 8080 : 10.0.0.11 . 80", 0), Pair("tcp . 8080 : 10.0.0.12 . 80", 1)));
}

TEST(ServiceContents, AVirtualAddressHasTwoKeys) {
  model::PlannedNetwork network;
  network.vips = {{"10.0.1.5", {"10.0.1.11"}}, {"nonsense", {}}};
  auto const contents = service_contents(plan_vip_services(network), vip_keys(network));
  EXPECT_THAT(contents.sets.at("backends"),
              ElementsAre("10.0.1.5 . 1 : 10.0.1.11", "10.0.1.5 udp . 1 : 10.0.1.11"));
  EXPECT_THAT(
      service_contents(VirtualServices{{{.mark = 7, .protocol = {}, .address = {}, .port = 0}, {}}},
                       vip_keys(network))
          .sets.at("services"),
      ElementsAre("mark 0x7"));
}

}  // namespace
}  // namespace swarmward::mesh
