#include "mesh/apply/netlink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/links.h"
#include "mesh/apply/neighbours.h"
#include "mesh/apply/routes.h"
#include "mesh/testing/scratch_net.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Address address(char const* text) {
  return *parse_address(text);
}

/// A namespace that takes the host's part (the thread is in it) and one of an overlay.
class NetlinkTest : public ScratchNetTest {
 protected:
  void SetUp() override {
    ScratchNetTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    inner_.emplace(NetNamespace::make(folder() / "inner").value());
    host_.emplace(Netlink::open().value());
    ns_.emplace(Netlink::open(*inner_).value());
  }

  Link link(char const* name) { return get_link(*ns_, name).value(); }

  std::optional<NetNamespace> inner_;
  std::optional<Netlink> host_;
  std::optional<Netlink> ns_;
};

TEST_F(NetlinkTest, MakesAndChangesABridge) {
  ASSERT_TRUE(make_bridge(*ns_, "br0"));
  EXPECT_EQ(make_bridge(*ns_, "br0").error().code, ErrorCode::Conflict);
  auto const mac = mac_of(address("10.0.1.2"));
  ASSERT_TRUE(change_link(*ns_, link("br0").index, {.mtu = 1400, .mac = mac, .up = true}));
  auto const found = link("br0");
  EXPECT_EQ(found.kind, "bridge");
  EXPECT_EQ(found.mtu, 1400U);
  EXPECT_EQ(found.mac, mac);
  EXPECT_TRUE(found.up);
  EXPECT_FALSE(find_link(*host_, "br0").value());
}

TEST_F(NetlinkTest, AVxlanIsInTheOtherNamespaceAndItsVniIsTakenOnTheHost) {
  VxlanSpec const spec{.name = "vxlan0", .vni = 4097, .port = 4790, .local = address("127.0.0.1")};
  auto const made = make_vxlan(*host_, *inner_, spec);
  ASSERT_TRUE(made) << made.error().message;
  auto const found = link("vxlan0");
  EXPECT_EQ(found.vni, 4097U);
  EXPECT_EQ(found.port, 4790);
  EXPECT_EQ(found.local, address("127.0.0.1"));
  auto const other = NetNamespace::make(folder() / "other").value();
  EXPECT_EQ(make_vxlan(*host_, other, spec).error().code, ErrorCode::Conflict);
  ASSERT_TRUE(remove_link(*ns_, "vxlan0"));
  EXPECT_TRUE(make_vxlan(*host_, other, spec));
}

TEST_F(NetlinkTest, AVethReachesIntoTheOtherNamespace) {
  auto const mac = mac_of(address("10.0.1.5"));
  auto const made =
      make_veth(*host_, *inner_, {.name = "mc1", .peer = "mv1", .mtu = 1450, .mac = mac});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(get_link(*host_, "mc1").value().mac, mac);
  EXPECT_EQ(link("mv1").mtu, 1450U);
  ASSERT_TRUE(make_bridge(*ns_, "br0"));
  ASSERT_TRUE(change_link(*ns_, link("mv1").index, {.master = link("br0").index}));
  EXPECT_TRUE(set_hairpin(*ns_, link("mv1").index));
  EXPECT_EQ(link("mv1").master, link("br0").index);
  ASSERT_TRUE(move_link(*host_, get_link(*host_, "mc1").value().index, *inner_));
  EXPECT_TRUE(find_link(*ns_, "mc1").value());
  EXPECT_TRUE(remove_link(*ns_, "mv1"));
  EXPECT_FALSE(find_link(*ns_, "mc1").value());
  EXPECT_TRUE(remove_link(*ns_, "mv1"));
}

TEST_F(NetlinkTest, AddressesBecomeWhatIsWanted) {
  ASSERT_TRUE(make_bridge(*ns_, "br0"));
  auto const index = link("br0").index;
  InterfaceAddress const node{.address = address("10.0.1.2"), .length = 24};
  InterfaceAddress const vip{.address = address("10.0.1.9"), .length = 32};
  ASSERT_TRUE(set_addresses(*ns_, index, {node, vip}));
  ASSERT_TRUE(set_addresses(*ns_, index, {node, vip}));
  EXPECT_THAT(list_addresses(*ns_, index).value(), UnorderedElementsAre(node, vip));
  InterfaceAddress const moved{.address = address("10.0.1.3"), .length = 24};
  ASSERT_TRUE(set_addresses(*ns_, index, {moved, vip}));
  EXPECT_THAT(list_addresses(*ns_, index).value(), UnorderedElementsAre(moved, vip));
}

TEST_F(NetlinkTest, NeighboursAreReplacedListedAndRemoved) {
  ASSERT_TRUE(make_bridge(*ns_, "br0"));
  auto const index = link("br0").index;
  Neighbour const first{.address = address("10.0.1.7"), .mac = mac_of(address("10.0.1.7"))};
  Neighbour const second{.address = address("10.0.1.7"), .mac = mac_of(address("10.0.1.8"))};
  ASSERT_TRUE(put_neighbour(*ns_, index, first));
  ASSERT_TRUE(put_neighbour(*ns_, index, second));
  EXPECT_THAT(list_neighbours(*ns_, index).value(), ElementsAre(second));
  EXPECT_TRUE(remove_neighbour(*ns_, index, first.address));
  EXPECT_TRUE(remove_neighbour(*ns_, index, first.address));
  EXPECT_THAT(list_neighbours(*ns_, index).value(), IsEmpty());
}

TEST_F(NetlinkTest, RemoteMacsAndPortMacsAreApart) {
  ASSERT_TRUE(make_bridge(*ns_, "br0"));
  ASSERT_TRUE(make_vxlan(*host_, *inner_, {.name = "vxlan0", .vni = 5, .local = {}}));
  auto const index = link("vxlan0").index;
  ASSERT_TRUE(change_link(*ns_, index, {.master = link("br0").index, .up = true}));
  auto const mac = mac_of(address("10.0.1.7"));
  RemoteMac const first{.mac = mac, .host = address("192.168.0.1")};
  RemoteMac const moved{.mac = mac, .host = address("192.168.0.2")};
  ASSERT_TRUE(put_remote_mac(*ns_, index, first));
  ASSERT_TRUE(put_remote_mac(*ns_, index, moved));
  ASSERT_TRUE(put_port_mac(*ns_, index, mac));
  EXPECT_THAT(list_remote_macs(*ns_, index).value(), ElementsAre(moved));
  EXPECT_THAT(list_port_macs(*ns_, index).value(), ElementsAre(mac));
  EXPECT_TRUE(remove_remote_mac(*ns_, index, moved));
  EXPECT_TRUE(remove_remote_mac(*ns_, index, moved));
  EXPECT_TRUE(remove_port_mac(*ns_, index, mac));
  EXPECT_TRUE(remove_port_mac(*ns_, index, mac));
  EXPECT_THAT(list_remote_macs(*ns_, index).value(), IsEmpty());
  EXPECT_THAT(list_port_macs(*ns_, index).value(), IsEmpty());
}

TEST_F(NetlinkTest, RoutesAndRulesMayBePutTwice) {
  ASSERT_TRUE(make_bridge(*ns_, "br0"));
  auto const index = link("br0").index;
  ASSERT_TRUE(change_link(*ns_, index, {.up = true}));
  ASSERT_TRUE(set_addresses(*ns_, index, {{.address = address("10.0.1.2"), .length = 24}}));
  Route const route{
      .to = {}, .via = address("10.9.9.9"), .index = index, .table = 90, .onlink = true};
  auto const put = put_route(*ns_, route);
  ASSERT_TRUE(put) << put.error().message;
  EXPECT_TRUE(put_route(*ns_, route));
  RoutingRule const rule{.priority = 90, .table = 90, .mark = 1, .from = {}};
  EXPECT_TRUE(put_rule(*ns_, rule));
  EXPECT_TRUE(put_rule(*ns_, rule));
  EXPECT_TRUE(remove_rule(*ns_, rule));
  EXPECT_TRUE(remove_rule(*ns_, rule));
  EXPECT_TRUE(remove_route(*ns_, route));
  EXPECT_TRUE(remove_route(*ns_, route));
}

TEST_F(NetlinkTest, AnErrorSaysWhatWasTried) {
  auto const error = get_link(*ns_, "absent").error();
  EXPECT_EQ(error.code, ErrorCode::NotFound);
  EXPECT_EQ(error.message, "no device absent");
  auto const changed = change_link(*ns_, 4711, {.up = true});
  EXPECT_THAT(changed.error().message, ::testing::StartsWith("changing a device: "));
}

}  // namespace
}  // namespace swarmward::mesh
