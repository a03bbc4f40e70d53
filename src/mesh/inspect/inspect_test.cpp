#include "mesh/inspect/inspect.h"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>

#include "mesh/inspect/testing/inspect_fixture.h"
#include "wire/network_plan.h"
#include "wire/network_report.h"

namespace swarmward::mesh {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(InspectTest, WhatTheAgentMadeIsAsPlanned) {
  EXPECT_THAT(kinds(), IsEmpty());
  auto const report = look();
  EXPECT_THAT(report.networks, UnorderedElementsAre("back", "ingress"));
  EXPECT_EQ(report.mark, wire::network_plan_checksum(wire::network_plan_text(plan_)));
  EXPECT_GE(report.age_seconds, 0);
  EXPECT_GT(report.looked_at, 50);
}

TEST_F(InspectTest, LookingChangesNothing) {
  auto const state = [this] {
    return shell(*host_, "nft list ruleset; ip link; ip addr; ip route") +
           in("n1", "nft list ruleset; ip addr; bridge fdb; ip neigh") +
           in("ing", "nft list ruleset; ip addr; bridge fdb; ip neigh; ip rule");
  };
  auto const before = state();
  look("tcp . 8080", "ing");
  EXPECT_EQ(state(), before);
}

TEST_F(InspectTest, AForwardingEntryThatIsGone) {
  in("n1", "bridge fdb del 02:42:0a:00:01:0c dev vxlan0 self");
  EXPECT_THAT(kinds(), ElementsAre("peer.no-way:back"));
  ASSERT_TRUE(networks_->reconcile());
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(InspectTest, NeighboursThatAreGone) {
  in("n1", "ip neigh del 10.0.1.12 dev vxlan0 && ip neigh del 10.0.1.12 dev br0");
  EXPECT_THAT(kinds(), ElementsAre("peer.neighbour:back", "peer.neighbour:back"));
}

TEST_F(InspectTest, AVirtualAddressThatIsGone) {
  in("n1", "ip addr del 10.0.1.5/32 dev br0");
  EXPECT_THAT(kinds(), ElementsAre("vip.address:back"));
}

TEST_F(InspectTest, ADeviceThatIsDown) {
  in("ing", "ip link set vxlan0 down");
  EXPECT_THAT(kinds(), Contains("device.down:ingress"));
}

TEST_F(InspectTest, BridgedFramesThatAreShownWhereTheyMustBeHidden) {
  std::string const setting = "sysctl -qwe net.bridge.bridge-nf-call-iptables=";
  if (in("ing", "sysctl -ne net.bridge.bridge-nf-call-iptables; true").empty()) {
    GTEST_SKIP() << "no br_netfilter";
  }
  in("ing", setting + "1");
  in("n1", setting + "0");
  EXPECT_THAT(kinds(), UnorderedElementsAre("setting:ingress", "setting:back"));
  ASSERT_TRUE(networks_->reconcile());
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(InspectTest, FlushedTables) {
  in("n1", "nft flush ruleset");
  EXPECT_THAT(kinds(), ElementsAre("table.missing:back"));
  shell(*host_, "nft flush ruleset");
  in("ing", "nft flush ruleset");
  EXPECT_THAT(kinds(),
              UnorderedElementsAre("table.missing:back",
                                   "table.missing:ingress",
                                   "table.missing:ingress",
                                   "table.missing:ingress",
                                   "table.missing:ingress"));
}

TEST_F(InspectTest, ABackendThatIsGone) {
  in("n1", "nft flush map ip ward_vip backends");
  EXPECT_THAT(kinds(), ElementsAre("backend.missing:back"));
}

TEST_F(InspectTest, ASettingThatWasChanged) {
  in("n1", "sysctl -w net.ipv4.ip_forward=0 || echo 0 > /proc/sys/net/ipv4/ip_forward");
  EXPECT_THAT(kinds(), ElementsAre("setting:back"));
}

TEST_F(InspectTest, ALinkThatIsDown) {
  shell(*host_, "ip link set ward0 down");
  EXPECT_THAT(kinds(), Contains("link.down:ingress"));
}

TEST_F(InspectTest, AFirewallThatDrops) {
  if (!shell(*host_, "iptables-nft -P FORWARD DROP").empty()) {
    GTEST_SKIP() << "no iptables-nft";
  }
  EXPECT_THAT(kinds(), ElementsAre("forward.drops:ingress"));
  ASSERT_TRUE(networks_->reconcile());
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(InspectTest, APlanThatTheAgentDoesNotHaveYet) {
  plan_.networks[1].change(
      [](model::PlannedNetwork& network) { network.names[0].addresses = {"10.0.1.6"}; });
  EXPECT_THAT(kinds(), ElementsAre("plan.lags:", "name.wrong:back"));
  ASSERT_TRUE(networks_->follow(plan_));
  // Names are exchanged on their own thread, soon.
  for (int i = 0; i < 100 && !kinds().empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(InspectTest, AContainerThatIsNotThere) {
  engine_.containers.clear();
  EXPECT_THAT(kinds(), ElementsAre("member.missing:back"));
}

TEST_F(InspectTest, ANetworkThatTheEngineLacks) {
  model::PlannedNetwork front;
  front.id = "n2";
  front.name = "front";
  front.vni = 4098;
  front.subnet = "10.0.2.0/24";
  front.node_address = "10.0.2.2";
  front.local = {"10.0.2.11"};
  plan_.networks.push_back(front);
  ASSERT_TRUE(networks_->follow(plan_));
  EXPECT_THAT(kinds(), ElementsAre("network.missing:front"));
}

TEST_F(InspectTest, PathsComeFromTheKernel) {
  auto const port = look("tcp . 8080", "ing").path;
  ASSERT_TRUE(port);
  EXPECT_TRUE(port->open);
  EXPECT_THAT(port->targets, ElementsAre("10.0.0.12 . 80"));
  EXPECT_EQ(port->mtu, 1450U);
  EXPECT_EQ(port->node_address, "10.0.0.2");
  auto const vip = look("10.0.1.5", "n1").path;
  ASSERT_TRUE(vip);
  EXPECT_TRUE(vip->open);
  EXPECT_THAT(vip->targets, UnorderedElementsAre("10.0.1.11", "10.0.1.12"));
  auto const none = look("tcp . 9090", "ing").path;
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->open);
  EXPECT_THAT(none->targets, IsEmpty());
}

TEST_F(InspectTest, APortThatAnotherProgramHas) {
  plan_.ports.push_back({9090, 80, model::Protocol::Udp, {"10.0.0.12"}});
  auto const taken = host_->run([&]() -> Result<void> {
    // Another process, so that it is not taken for ours.
    static_cast<void>(shell(*host_,
                            "python3 -c 'import socket,time; s=socket.socket(socket.AF_INET,"
                            "socket.SOCK_DGRAM); s.bind((\"\",9090)); time.sleep(20)' "
                            ">/dev/null 2>&1 & for i in $(seq 100); do grep -q ':2382 ' "
                            "/proc/net/udp && break; sleep 0.1; done"));
    return {};
  });
  ASSERT_TRUE(taken);
  ASSERT_TRUE(networks_->follow(plan_));
  auto const findings = look().findings;
  EXPECT_THAT(findings,
              Contains(Field(&model::NetworkFinding::what,
                             HasSubstr("port 9090/udp is taken by python3"))));
}

}  // namespace
}  // namespace swarmward::mesh
