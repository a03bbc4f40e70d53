#include "mesh/inspect/compare.h"

#include <gmock/gmock.h>

#include "mesh/apply/member_wires.h"
#include "mesh/apply/overlay.h"
#include "mesh/inspect/table_look.h"
#include "mesh/inspect/testing/kinds.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr int kBridgeIndex = 2;

/// One network with a task here, one elsewhere and a virtual address; and a kernel that fits.
class CompareTest : public ::testing::Test {
 protected:
  CompareTest() {
    model::PlannedNetwork planned;
    planned.id = "n1";
    planned.name = "back";
    planned.node_address = "10.0.1.2";
    planned.local = {"10.0.1.11"};
    planned.peers = {{"10.0.1.12", "192.0.2.2"}};
    planned.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12"}}};
    planned.names = {{"web", {"10.0.1.5"}}, {"tasks.web", {"10.0.1.11", "10.0.1.12"}}};
    planned.reverse = {
        {"web", {"10.0.1.5"}}, {"web.1.x", {"10.0.1.11"}}, {"web.2.y", {"10.0.1.12"}}};
    wanted_.planned = planned;
    wanted_.overlay = {.vni = 4097,
                       .subnet = *parse_subnet("10.0.1.0/24"),
                       .node = ip("10.0.1.2"),
                       .mtu = 1450,
                       .vips = {ip("10.0.1.5")},
                       .peers = {{.address = ip("10.0.1.12"), .host = ip("192.0.2.2")}}};
    state_.networks["engine-1"] = {.network = "n1", .subnet = {}, .node = {}};
    state_.endpoints["e1"] = {.network = "engine-1", .address = ip("10.0.1.11"), .mac = {}};
    see_devices();
    see_ways();
    for (auto const& settings : {overlay_settings(), welcome_overlay_settings()}) {
      for (auto const& [name, value] : settings) {
        seen_.settings[name] = value;
      }
    }
    seen_.vips = {vip_table_part(planned, VipSource::Client)};
    seen_.vips[0].has = seen_.vips[0].must;
    seen_.names = {{"web", {ip("10.0.1.5")}}, {"tasks.web", {ip("10.0.1.11"), ip("10.0.1.12")}}};
    engine_.containers = {
        {.name = "web.1.x", .running = true, .addresses = {{"engine-1", "10.0.1.11"}}}};
  }

  std::vector<std::string> compare() {
    auto const filter = seen_.settings.contains(kBridgedFramesSetting);
    auto const source = filter ? VipSource::Client : VipSource::Node;
    seen_.vips[0].must = vip_table_part(*wanted_.planned, source).must;
    Findings findings;
    compare_overlay(wanted_, {}, state_, seen_, findings);
    compare_vips(*wanted_.planned, seen_, findings);
    compare_names(*wanted_.planned, seen_, findings);
    compare_members(*wanted_.planned, state_, engine_, findings);
    EXPECT_GT(findings.looked_at(), 0);
    found_ = findings.found();
    return kinds(findings);
  }

  Link& link(std::string const& name) { return *std::ranges::find(seen_.links, name, &Link::name); }

  WantedNetwork wanted_;
  AgentState state_;
  ObservedOverlay seen_;
  ObservedEngine engine_;
  std::vector<model::NetworkFinding> found_;

 private:
  void see_devices() {
    Link const bridge{.index = kBridgeIndex,
                      .name = kBridge,
                      .kind = "bridge",
                      .mac = mac_of(ip("10.0.1.2")),
                      .mtu = 1450,
                      .up = true};
    Link const vxlan{.index = 3,
                     .name = kVxlan,
                     .kind = "vxlan",
                     .mac = {},
                     .mtu = 1450,
                     .master = kBridgeIndex,
                     .up = true,
                     .vni = 4097,
                     .port = 4789};
    Link const port{.index = 4,
                    .name = port_of_member("e1"),
                    .kind = "veth",
                    .mac = {},
                    .mtu = 1450,
                    .master = kBridgeIndex,
                    .up = true};
    seen_.links = {bridge, vxlan, port};
    seen_.bridge_addresses = {{.address = ip("10.0.1.2"), .length = 24}, {ip("10.0.1.5")}};
  }
  void see_ways() {
    auto const mac = mac_of(ip("10.0.1.12"));
    seen_.remote_macs = {{.mac = mac, .host = ip("192.0.2.2")}};
    seen_.port_macs = {mac};
    seen_.vxlan_neighbours = {{.address = ip("10.0.1.12"), .mac = mac}};
    seen_.bridge_neighbours = seen_.vxlan_neighbours;
  }
};

TEST_F(CompareTest, AllAsPlanned) {
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(CompareTest, NothingElseIsLookedForWithoutANamespace) {
  seen_ = {};
  seen_.failure = "no such file";
  Findings findings;
  compare_overlay(wanted_, {}, state_, seen_, findings);
  EXPECT_THAT(kinds(findings), ElementsAre("namespace.missing"));
}

TEST_F(CompareTest, Devices) {
  link(kBridge).up = false;
  link(kVxlan).mtu = 1500;
  link(port_of_member("e1")).master = 0;
  EXPECT_THAT(compare(), UnorderedElementsAre("device.down", "device.mtu", "wire.broken"));
  EXPECT_THAT(found_[0].what, HasSubstr("br0 is down"));
}

TEST_F(CompareTest, AVxlanDeviceOfAnotherNetworkOrUnplugged) {
  link(kVxlan).vni = 5000;
  link(kVxlan).master = 0;
  EXPECT_THAT(compare(), UnorderedElementsAre("vxlan.number", "vxlan.unplugged"));
}

TEST_F(CompareTest, AMissingDevice) {
  std::erase_if(seen_.links, [](Link const& each) { return each.name == kVxlan; });
  EXPECT_THAT(compare(), ElementsAre("device.missing"));
}

TEST_F(CompareTest, AnAddressThatIsGoneIsNamedWithItsService) {
  seen_.bridge_addresses = {{.address = ip("10.0.1.2"), .length = 24}, {ip("10.0.1.77")}};
  EXPECT_THAT(compare(), UnorderedElementsAre("vip.address", "address.extra"));
  EXPECT_THAT(found_[0].what, HasSubstr("10.0.1.5 (web)"));
}

TEST_F(CompareTest, AMissingWayNamesTaskAndHost) {
  seen_.remote_macs.clear();
  EXPECT_THAT(compare(), ElementsAre("peer.no-way"));
  EXPECT_THAT(found_[0].what, HasSubstr("10.0.1.12 (web.2.y) on 192.0.2.2"));
}

TEST_F(CompareTest, AWayToTheWrongHost) {
  seen_.remote_macs[0].host = ip("192.0.2.9");
  EXPECT_THAT(compare(), ElementsAre("peer.wrong-host"));
  EXPECT_THAT(found_[0].what, HasSubstr("are sent to 192.0.2.9, but it is on 192.0.2.2"));
}

TEST_F(CompareTest, AWayToNobody) {
  seen_.remote_macs.push_back({.mac = mac_of(ip("10.0.1.99")), .host = ip("192.0.2.2")});
  EXPECT_THAT(compare(), ElementsAre("peer.extra"));
}

TEST_F(CompareTest, NeighboursAndPorts) {
  seen_.port_macs.clear();
  seen_.vxlan_neighbours.clear();
  seen_.bridge_neighbours.clear();
  EXPECT_THAT(compare(), ElementsAre("peer.port", "peer.neighbour", "peer.neighbour"));
}

TEST_F(CompareTest, Settings) {
  seen_.settings["net/ipv4/ip_forward"] = "0";
  EXPECT_THAT(compare(), ElementsAre("setting"));
  EXPECT_THAT(found_[0].what, HasSubstr("net/ipv4/ip_forward is 0 instead of 1"));
}

TEST_F(CompareTest, WithoutBridgeFilterItWorksButHidesClients) {
  seen_.settings.erase("net/bridge/bridge-nf-call-iptables");
  seen_.vips[0].has = vip_table_part(*wanted_.planned, VipSource::Node).must;
  EXPECT_THAT(compare(), ElementsAre("br-netfilter"));
  EXPECT_TRUE(found_[0].note);
}

TEST_F(CompareTest, AFlushedTable) {
  seen_.vips[0].has = not_found("there is no table");
  EXPECT_THAT(compare(), ElementsAre("table.missing"));
  EXPECT_THAT(found_[0].what, HasSubstr("ip ward_vip"));
}

TEST_F(CompareTest, ARemovedRuleAndChain) {
  seen_.vips[0].has->chains["balance"] = 0;
  seen_.vips[0].has->chains.erase("source");
  EXPECT_THAT(compare(), ElementsAre("table.chains"));
  EXPECT_THAT(found_[0].what, HasSubstr("balance has 0 rules instead of 1 and source is missing"));
}

TEST_F(CompareTest, BackendsInOtherPlacesAreTheSame) {
  seen_.vips[0].has->sets["backends"] = {"10.0.1.5 . 256 : 10.0.1.12",
                                         "10.0.1.5 . 257 : 10.0.1.11"};
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(CompareTest, BackendsThatDiffer) {
  seen_.vips[0].has->sets["backends"] = {"10.0.1.5 . 256 : 10.0.1.12",
                                         "10.0.1.5 . 257 : 10.0.1.99"};
  EXPECT_THAT(compare(), ElementsAre("backend.missing", "backend.extra"));
  EXPECT_THAT(found_[0].what, HasSubstr("10.0.1.5 (web) does not lead to 10.0.1.11"));
  EXPECT_THAT(found_[1].what, HasSubstr("leads to 10.0.1.99"));
}

TEST_F(CompareTest, ElementsThatDiffer) {
  seen_.vips[0].has->sets["vips"] = {"10.0.1.6 : goto pick2_5"};
  EXPECT_THAT(compare(), ElementsAre("element.missing", "element.extra"));
  EXPECT_THAT(found_[0].what, HasSubstr("vips lacks 10.0.1.5 (web) : goto pick2_5"));
}

TEST_F(CompareTest, Names) {
  seen_.names["web"] = {};
  seen_.names.erase("tasks.web");
  EXPECT_THAT(compare(), ElementsAre("name.silent", "name.wrong"));
  EXPECT_THAT(found_[0].what, HasSubstr("tasks.web"));
  EXPECT_THAT(found_[1].what, HasSubstr("web is unknown instead of 10.0.1.5"));
}

TEST_F(CompareTest, ATaskWithoutItsContainer) {
  engine_.containers[0].running = false;
  EXPECT_THAT(compare(), ElementsAre("member.missing"));
  EXPECT_THAT(found_[0].what, HasSubstr("web.1.x serves at 10.0.1.11"));
}

TEST_F(CompareTest, ATaskThatDoesNotServeYetNeedsNone) {
  wanted_.planned.change(
      [](model::PlannedNetwork& network) { network.local.push_back("10.0.1.20"); });
  seen_.vips[0].has->sets["hairpin"].insert("10.0.1.20 . 10.0.1.20");
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(CompareTest, AContainerThatNobodyPlanned) {
  engine_.containers.push_back({.name = "stray",
                                .running = true,
                                .addresses = {{"engine-1", "10.0.1.66"}, {"other", "1.2.3.4"}}});
  EXPECT_THAT(compare(), ElementsAre("member.unknown"));
  EXPECT_THAT(found_[0].what, HasSubstr("container stray has the address 10.0.1.66"));
}

TEST_F(CompareTest, ASilentEngineIsNotTakenForAnEmptyOne) {
  engine_ = {.failure = "no answer", .containers = {}};
  EXPECT_THAT(compare(), IsEmpty());
}

}  // namespace
}  // namespace swarmward::mesh
