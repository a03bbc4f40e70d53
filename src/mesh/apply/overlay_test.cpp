#include "mesh/apply/overlay.h"

#include <cerrno>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/links.h"
#include "mesh/apply/member_wires.h"
#include "mesh/apply/neighbours.h"
#include "mesh/testing/scratch_net.h"

namespace swarmward::mesh {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Address address(std::string const& text) {
  return *parse_address(text);
}

sockaddr_in socket_address(Address host) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9000);
  to.sin_addr.s_addr = htonl(host.value);
  return to;
}

/// Opens a UDP socket on port 9000 of a namespace.
int udp_socket(NetNamespace const& where) {
  int fd = -1;
  static_cast<void>(where.run([&]() -> Result<void> {
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    auto const any = socket_address({});
    timeval const patience{.tv_sec = 5, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return bind(fd, reinterpret_cast<sockaddr const*>(&any), sizeof any) == 0 ? Result<void>()
                                                                              : unavailable("bind");
  }));
  return fd;
}

bool reaches_once(NetNamespace const& from,
                  Address to,
                  NetNamespace const& there,
                  std::size_t size) {
  int const sender = udp_socket(from);
  int const receiver = udp_socket(there);
  int const never_fragment = IP_PMTUDISC_DO;
  setsockopt(sender, IPPROTO_IP, IP_MTU_DISCOVER, &never_fragment, sizeof never_fragment);
  auto const target = socket_address(to);
  std::string const text(size, 'x');
  std::string got(size + 1, '\0');
  bool const sent = sendto(sender,
                           text.data(),
                           text.size(),
                           0,
                           reinterpret_cast<sockaddr const*>(&target),
                           sizeof target) > 0;
  bool const arrived =
      sent && recv(receiver, got.data(), got.size(), 0) == static_cast<ssize_t>(text.size());
  close(sender);
  close(receiver);
  return arrived;
}

/// Does a datagram of `size` bytes get from one namespace to an address that the other has? The
/// first ones may be lost while new devices come up.
bool reaches(NetNamespace const& from, Address to, NetNamespace const& there, std::size_t size) {
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (reaches_once(from, to, there, size)) {
      return true;
    }
  }
  return false;
}

/// Is a datagram to a port where nobody listens refused? Waits long for the answer, not forever.
bool is_refused(NetNamespace const& from, Address to) {
  return from
      .run([&]() -> Result<void> {
        int const fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        timeval const patience{.tv_sec = 5, .tv_usec = 0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        auto const target = socket_address(to);
        connect(fd, reinterpret_cast<sockaddr const*>(&target), sizeof target);
        char answer = 'x';
        bool const refused = send(fd, &answer, sizeof answer, 0) > 0 &&
                             recv(fd, &answer, sizeof answer, 0) < 0 && errno == ECONNREFUSED;
        close(fd);
        return refused ? Result<void>() : unavailable("no answer");
      })
      .has_value();
}

/// Two hosts on one wire, 192.168.9.1 and .2, each with an overlay and one container.
class OverlayTest : public ScratchNetTest {
 protected:
  struct Host {
    NetNamespace host;
    NetNamespace container;
    std::filesystem::path file;
    OverlaySpec spec;
  };

  void SetUp() override {
    ScratchNetTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    hosts_.push_back(make_host("1"));
    hosts_.push_back(make_host("2"));
    auto first = Netlink::open(hosts_[0].host).value();
    auto second = Netlink::open(hosts_[1].host).value();
    ASSERT_TRUE(make_veth(first, hosts_[1].host, {.name = "wire1", .peer = "wire2", .mtu = 1500}));
    raise(first, "wire1", {.address = address("192.168.9.1"), .length = 24});
    raise(second, "wire2", {.address = address("192.168.9.2"), .length = 24});
  }

  Host make_host(std::string const& number) {
    OverlaySpec spec{.vni = 4097,
                     .subnet = *parse_subnet("10.0.1.0/24"),
                     .node = address("10.0.1.10" + number),
                     .mtu = 1450,
                     .vips = {},
                     .peers = {}};
    return {.host = NetNamespace::make(folder() / ("host" + number)).value(),
            .container = NetNamespace::make(folder() / ("container" + number)).value(),
            .file = folder() / ("overlay" + number),
            .spec = spec};
  }

  static void raise(Netlink& netlink, std::string const& name, InterfaceAddress const& own) {
    auto const index = get_link(netlink, name).value().index;
    ASSERT_TRUE(change_link(netlink, index, {.up = true}));
    ASSERT_TRUE(set_addresses(netlink, index, {own}));
  }

  /// Makes the overlay of a host and plugs its container in, as the engine would.
  void build(Host const& host, std::string const& own) {
    auto const done = host.host.run([&]() -> Result<void> {
      auto const home = apply_overlay(host.file, host.spec, {});
      if (!home) {
        return home.error();
      }
      MemberWire const wire{.endpoint = own, .mac = mac_of(address(own)), .mtu = 1450};
      auto const device = attach_member(*home, wire);
      if (!device) {
        return device.error();
      }
      auto outside = Netlink::open().value();
      auto const index = get_link(outside, *device).value().index;
      if (auto moved = move_link(outside, index, host.container); !moved) {
        return moved;
      }
      auto inside = Netlink::open(host.container).value();
      raise(inside, *device, {.address = address(own), .length = 24});
      return {};
    });
    ASSERT_TRUE(done) << done.error().message;
  }

  Result<void> in(Host const& host, std::function<Result<void>()> const& work) {
    return host.host.run(work);
  }

  std::vector<Host> hosts_;
};

TEST_F(OverlayTest, MembersOfTwoHostsReachEachOther) {
  hosts_[0].spec.peers = {{.address = address("10.0.1.6"), .host = address("192.168.9.2")}};
  hosts_[1].spec.peers = {{.address = address("10.0.1.5"), .host = address("192.168.9.1")}};
  build(hosts_[0], "10.0.1.5");
  build(hosts_[1], "10.0.1.6");
  EXPECT_TRUE(reaches(hosts_[0].container, address("10.0.1.6"), hosts_[1].container, 4));
  // The largest datagram that a packet of 1450 bytes has room for, and one more byte.
  EXPECT_TRUE(reaches(hosts_[1].container, address("10.0.1.5"), hosts_[0].container, 1422));
  EXPECT_FALSE(reaches(hosts_[1].container, address("10.0.1.5"), hosts_[0].container, 1423));
}

TEST_F(OverlayTest, EveryQuestionToAnAbsentAgentIsRefused) {
  constexpr int kMoreThanTheKernelsBurst = 50;
  build(hosts_[0], "10.0.1.5");
  // The first one may be lost while new devices come up.
  static_cast<void>(is_refused(hosts_[0].container, hosts_[0].spec.node));
  for (int asked = 0; asked < kMoreThanTheKernelsBurst; ++asked) {
    ASSERT_TRUE(is_refused(hosts_[0].container, hosts_[0].spec.node)) << asked;
  }
}

TEST_F(OverlayTest, ApplyingTwiceChangesNothing) {
  hosts_[0].spec.peers = {{.address = address("10.0.1.6"), .host = address("192.168.9.2")}};
  hosts_[0].spec.vips = {address("10.0.1.9")};
  std::vector<int> indexes;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(in(hosts_[0], [&] {
      auto const home = apply_overlay(hosts_[0].file, hosts_[0].spec, {});
      return home ? Result<void>() : Result<void>(home.error());
    }));
    auto inner = Netlink::open(NetNamespace::open(hosts_[0].file).value()).value();
    auto const bridge = get_link(inner, kBridge).value();
    auto const vxlan = get_link(inner, kVxlan).value();
    indexes.push_back(bridge.index * 1000 + vxlan.index);
    EXPECT_THAT(list_addresses(inner, bridge.index).value(), SizeIs(2));
    EXPECT_THAT(list_remote_macs(inner, vxlan.index).value(), SizeIs(1));
    EXPECT_EQ(to_text(bridge.mac), "02:42:0a:00:01:65");
  }
  EXPECT_EQ(indexes[0], indexes[1]);
}

TEST_F(OverlayTest, PeersFollowThePlan) {
  auto& spec = hosts_[0].spec;
  auto const peers_then = [&](std::vector<OverlayPeer> peers) {
    spec.peers = std::move(peers);
    return in(hosts_[0], [&] {
      auto const home = apply_overlay(hosts_[0].file, spec, {});
      return home ? Result<void>() : Result<void>(home.error());
    });
  };
  ASSERT_TRUE(peers_then({{.address = address("10.0.1.6"), .host = address("192.168.9.2")},
                          {.address = address("10.0.1.7"), .host = address("192.168.9.2")}}));
  ASSERT_TRUE(peers_then({{.address = address("10.0.1.6"), .host = address("192.168.9.3")}}));
  auto inner = Netlink::open(NetNamespace::open(hosts_[0].file).value()).value();
  auto const vxlan = get_link(inner, kVxlan).value().index;
  RemoteMac const moved{.mac = mac_of(address("10.0.1.6")), .host = address("192.168.9.3")};
  EXPECT_THAT(list_remote_macs(inner, vxlan).value(), ::testing::ElementsAre(moved));
  EXPECT_THAT(list_port_macs(inner, vxlan).value(), ::testing::ElementsAre(moved.mac));
  EXPECT_THAT(list_neighbours(inner, vxlan).value(), SizeIs(1));
  EXPECT_THAT(list_neighbours(inner, get_link(inner, kBridge)->index).value(), SizeIs(1));
  ASSERT_TRUE(peers_then({}));
  EXPECT_THAT(list_remote_macs(inner, vxlan).value(), IsEmpty());
}

TEST_F(OverlayTest, AnotherVniTakesThePlaceOfTheOld) {
  for (std::uint32_t const vni : {4097U, 4098U}) {
    hosts_[0].spec.vni = vni;
    ASSERT_TRUE(in(hosts_[0], [&] {
      auto const home = apply_overlay(hosts_[0].file, hosts_[0].spec, {});
      return home ? Result<void>() : Result<void>(home.error());
    }));
    auto inner = Netlink::open(NetNamespace::open(hosts_[0].file).value()).value();
    EXPECT_EQ(get_link(inner, kVxlan)->vni, vni);
  }
}

TEST_F(OverlayTest, RemovalFreesTheVniAndTheWiresAtOnce) {
  build(hosts_[0], "10.0.1.5");
  ASSERT_TRUE(in(hosts_[0], [&] { return remove_overlay(hosts_[0].file); }));
  EXPECT_FALSE(std::filesystem::exists(hosts_[0].file));
  auto inside = Netlink::open(hosts_[0].container).value();
  EXPECT_THAT(list_links(inside).value(), SizeIs(1));  // lo.
  build(hosts_[0], "10.0.1.5");
}

TEST_F(OverlayTest, ABridgeThatIsMadeAnewGetsItsMembersBack) {
  ASSERT_TRUE(in(hosts_[0], [&]() -> Result<void> {
    auto const home = apply_overlay(hosts_[0].file, hosts_[0].spec, {}).value();
    EXPECT_TRUE(
        attach_member(home, {.endpoint = "e", .mac = mac_of(address("10.0.1.5")), .mtu = 1450}));
    auto inner = Netlink::open(home).value();
    EXPECT_TRUE(remove_link(inner, kBridge));
    EXPECT_EQ(get_link(inner, port_of_member("e"))->master, 0);
    EXPECT_TRUE(apply_overlay(hosts_[0].file, hosts_[0].spec, {}));
    EXPECT_EQ(get_link(inner, port_of_member("e"))->master, get_link(inner, kBridge)->index);
    return detach_member(home, "e");
  }));
}

TEST_F(OverlayTest, AMemberMayBeAttachedAgain) {
  ASSERT_TRUE(in(hosts_[0], [&]() -> Result<void> {
    auto const home = apply_overlay(hosts_[0].file, hosts_[0].spec, {}).value();
    MemberWire const wire{.endpoint = "e", .mac = mac_of(address("10.0.1.5")), .mtu = 1450};
    EXPECT_FALSE(is_attached(home, "e").value());
    EXPECT_TRUE(attach_member(home, wire));
    EXPECT_TRUE(attach_member(home, wire));
    EXPECT_TRUE(is_attached(home, "e").value());
    EXPECT_TRUE(detach_member(home, "e"));
    EXPECT_FALSE(is_attached(home, "e").value());
    return detach_member(home, "e");
  }));
}

}  // namespace
}  // namespace swarmward::mesh
