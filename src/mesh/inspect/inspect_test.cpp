#include "mesh/inspect/inspect.h"

#include <fstream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "mesh/apply/balancing_parts.h"
#include "mesh/apply/overlay.h"
#include "mesh/device_name.h"
#include "mesh/dns/dns_parts.h"
#include "mesh/host_networks.h"
#include "mesh/testing/asker.h"
#include "mesh/testing/scratch_net.h"
#include "wire/network_plan.h"
#include "wire/network_report.h"

namespace swarmward::mesh {
namespace {

namespace asio = boost::asio;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

model::NetworkPlan plan_of_host() {
  model::PlannedNetwork back;
  back.id = "n1";
  back.name = "back";
  back.vni = 4097;
  back.subnet = "10.0.1.0/24";
  back.node_address = "10.0.1.2";
  back.local = {"10.0.1.11"};
  back.peers = {{"10.0.1.12", "192.0.2.2"}};
  back.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12"}}};
  back.names = {{"web", {"10.0.1.5"}}, {"tasks.web", {"10.0.1.11", "10.0.1.12"}}};
  back.reverse = {{"web.1.x", {"10.0.1.11"}}};
  model::PlannedNetwork ingress;
  ingress.id = "ing";
  ingress.name = "ingress";
  ingress.vni = 4096;
  ingress.subnet = "10.0.0.0/24";
  ingress.node_address = "10.0.0.2";
  ingress.peers = {{"10.0.0.3", "192.0.2.2"}, {"10.0.0.12", "192.0.2.2"}};
  return {.networks = {ingress, back},
          .ingress = "ing",
          .ports = {{8080, 80, model::Protocol::Tcp, {"10.0.0.12"}}}};
}

/// A host with all that the agent makes for one plan, and an engine that fits.
class InspectTest : public ScratchNetTest {
 protected:
  void SetUp() override {
    ScratchNetTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    host_.emplace(NetNamespace::current().value());
    std::ofstream(folder() / "resolv.conf") << "nameserver 127.0.0.1\n";
    DnsOptions options;
    options.resolv_conf = folder() / "resolv.conf";
    dns_.emplace(io_, options);
    names_ = std::thread([this] { io_.run(); });
    balancing_.emplace(BalancingParts::make(*host_).value());
    places_ = {.namespaces = folder() / "netns",
               .state = folder() / "state.json",
               .plan = folder() / "plan.json",
               .underlay = {}};
    networks_.emplace(NetworkPaths{places_.namespaces, places_.state, places_.plan},
                      Underlay{},
                      std::vector<NetworkParts*>{&*balancing_, &*dns_});
    make_member();
    ASSERT_TRUE(networks_->follow(plan_)) << networks_->follow(plan_).error().message;
  }

  void TearDown() override {
    networks_.reset();
    balancing_.reset();
    dns_.reset();
    guard_.reset();
    if (names_.joinable()) {
      names_.join();
    }
  }

  /// As the engine asks when a container starts.
  void make_member() {
    NetworkOptions const options{.network = "n1",
                                 .vni = 4097,
                                 .subnet = *parse_subnet("10.0.1.0/24"),
                                 .node = *parse_address("10.0.1.2")};
    ASSERT_TRUE(networks_->create_network({.network = "engine-1", .options = options}));
    CreateEndpointRequest request;
    request.network = "engine-1";
    request.endpoint = "e1";
    request.address = *parse_address("10.0.1.11");
    ASSERT_TRUE(networks_->create_endpoint(request));
    ASSERT_TRUE(networks_->join({.network = "engine-1", .endpoint = "e1"}));
  }

  model::NetworkReport look(std::string const& key = {}, std::string const& network = {}) {
    model::NetworkQuestion question;
    question.plan = wire::network_plan_text(plan_);
    question.path_key = key;
    question.path_network = network;
    auto report = inspect_networks(places_, {}, engine_, question);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : model::NetworkReport();
  }

  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    for (auto const& finding : look().findings) {
      if (!finding.note) {
        all.push_back(finding.kind + ":" + finding.network);
      }
    }
    return all;
  }

  std::string in(char const* network, std::string const& command) {
    auto const home = NetNamespace::open(places_.namespaces / device_name("ov-", network)).value();
    return shell(home, command);
  }

  asio::io_context io_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard_{
      io_.get_executor()};
  std::thread names_;
  std::optional<NetNamespace> host_;
  std::optional<DnsParts> dns_;
  std::optional<BalancingParts> balancing_;
  std::optional<HostNetworks> networks_;
  InspectedPlaces places_;
  model::NetworkPlan plan_ = plan_of_host();
  ObservedEngine engine_{
      .failure = {},
      .containers = {
          {.name = "web.1.x", .running = true, .addresses = {{"engine-1", "10.0.1.11"}}}}};
};

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
  plan_.networks[1].names[0].addresses = {"10.0.1.6"};
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
