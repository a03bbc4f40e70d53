#include <atomic>
#include <charconv>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/apply/encryption_parts.h"
#include "mesh/apply/nft.h"
#include "mesh/apply/xfrm.h"
#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char const* kTask = "10.0.1.20";

std::vector<model::NetworkKey> keys_from(std::uint32_t first) {
  std::vector<model::NetworkKey> keys;
  for (auto number = first; number < first + 3; ++number) {
    keys.push_back({number, std::string(62, 'a') + (number % 2 == 0 ? "0c" : "1d")});
  }
  return keys;
}

/// Two hosts with a task each; what goes over the wire between them is counted.
class EncryptionTest : public MiniOverlayTest {
 protected:
  struct Side {
    Host* host;
    EncryptionParts parts;
  };

  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    if (!kernel_can_encrypt()) {
      GTEST_SKIP() << "this kernel has no ESP with AES-GCM";
    }
    mtu_ = 1424;
    for (auto const* node : {"10.0.1.2", "10.0.1.3"}) {
      auto& host = add_host(node);
      sides_.push_back(std::make_unique<Side>(Side{&host, EncryptionParts(host.net, true)}));
    }
    client_ = &add_task(*sides_[0]->host, "10.0.1.10");
    add_task(*sides_[1]->host, kTask);
    count_packets();
  }

  /// Before frames are handed to iptables: the kernel may leave out other chains for those.
  void count_packets() {
    auto const made = apply_rules(wire(), {R"(table bridge seen {
  counter sealed { }
  counter clear { }
  counter pieces { }
  chain through {
    type filter hook forward priority -200; policy accept;
    ip protocol esp counter name sealed
    ip frag-off & 0x1fff != 0 counter name pieces
    udp dport 4789 counter name clear
  }
})"});
    ASSERT_TRUE(made) << made.error().message;
  }

  /// Packets on the wire: "sealed", "clear" or "pieces".
  [[nodiscard]] int seen(std::string const& counter) const {
    auto const text = shell(wire(), "nft list counter bridge seen " + counter);
    auto const at = text.find("packets ");
    int packets = -1;
    if (at != std::string::npos) {
      std::from_chars(text.data() + at + 8, text.data() + text.size(), packets);
    }
    return packets;
  }

  [[nodiscard]] model::NetworkPlan plan_for(Side const& side,
                                            std::vector<model::NetworkKey> keys) const {
    auto network = plan(*side.host);
    network.encrypted = true;
    return {.networks = {network},
            .ingress = {},
            .ports = {},
            .data_path_port = 4789,
            .host = side.host->address,
            .keys = std::move(keys)};
  }

  void encrypt(Side& side, std::vector<model::NetworkKey> keys) {
    auto const wanted = plan_for(side, std::move(keys));
    auto const prepared = side.parts.prepare(wanted.networks[0], wanted);
    ASSERT_TRUE(prepared) << prepared.error().message;
    auto const finished = side.parts.finish(nullptr, wanted);
    ASSERT_TRUE(finished) << finished.error().message;
  }

  void encrypt_both(std::vector<model::NetworkKey> const& keys) {
    for (auto const& side : sides_) {
      encrypt(*side, keys);
    }
    connect();
  }

  [[nodiscard]] std::vector<SecureFlow> flows(Side const& side) const {
    auto xfrm = Netlink::open(side.host->net, NETLINK_XFRM);
    return xfrm ? list_flows(*xfrm).value() : std::vector<SecureFlow>();
  }

  [[nodiscard]] std::string ask() const { return ask_tcp(client_->net, {kTask, 80}); }

  std::vector<std::unique_ptr<Side>> sides_;
  Task* client_ = nullptr;
};

TEST_F(EncryptionTest, OnlyEspIsOnTheWire) {
  encrypt_both(keys_from(1));
  EXPECT_TRUE(answers_ping(client_->net, kTask));
  EXPECT_EQ(ask(), "10.0.1.20 10.0.1.10");
  EXPECT_EQ(seen("clear"), 0);
  EXPECT_GT(seen("sealed"), 0);
}

TEST_F(EncryptionTest, WhatComesInClearIsDropped) {
  connect();
  encrypt(*sides_[1], keys_from(1));
  EXPECT_FALSE(answers_ping(client_->net, kTask));
  EXPECT_GT(seen("clear"), 0);
  EXPECT_EQ(seen("sealed"), 0);
  auto const table = shell(sides_[1]->host->net, "nft list chain ip ward_encryption in");
  EXPECT_THAT(table, ::testing::Not(HasSubstr("counter packets 0"))) << table;
}

TEST_F(EncryptionTest, NothingLeavesInClearWithoutKeys) {
  encrypt_both({});
  EXPECT_FALSE(answers_ping(client_->net, kTask));
  EXPECT_EQ(seen("clear"), 0);
}

TEST_F(EncryptionTest, AnotherNetworkStaysInClear) {
  for (auto const& side : sides_) {
    auto wanted = plan_for(*side, keys_from(1));
    wanted.networks[0].change([](model::PlannedNetwork& network) { network.vni = 4999; });
    ASSERT_TRUE(side->parts.finish(nullptr, wanted));
  }
  connect();
  EXPECT_TRUE(answers_ping(client_->net, kTask));
  EXPECT_EQ(seen("sealed"), 0);
}

TEST_F(EncryptionTest, KeysChangeWithoutLoss) {
  encrypt_both(keys_from(1));
  ASSERT_TRUE(answers_ping(client_->net, kTask));
  std::atomic<bool> stop = false;
  int answered = 0;
  int lost = 0;
  std::thread asking([&] {
    while (!stop) {
      bool const there = answers_ping(client_->net, kTask) && !ask().empty();
      ++(there ? answered : lost);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  auto const some_time = [] { std::this_thread::sleep_for(std::chrono::milliseconds(200)); };
  // Hosts hear of it one after another, not always in the same order.
  for (std::uint32_t first = 2; first < 6; ++first) {
    encrypt(*sides_[first % 2], keys_from(first));
    some_time();
    encrypt(*sides_[1 - first % 2], keys_from(first));
    some_time();
  }
  stop = true;
  asking.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(answered, 5);
  EXPECT_EQ(seen("clear"), 0);
  EXPECT_THAT(flows(*sides_[0]), SizeIs(4));
}

/// Sends a datagram that must not be fragmented. Returns what came back, or the error's number.
std::string ask_with(NetNamespace const& from, std::size_t bytes) {
  std::string answer;
  auto const asked = from.run([&]() -> Result<void> {
    int const fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int const whole = IP_PMTUDISC_DO;
    timeval const patience{.tv_sec = 2, .tv_usec = 0};
    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(80);
    inet_pton(AF_INET, kTask, &to.sin_addr);
    std::string const question(bytes, 'q');
    auto* const raw = reinterpret_cast<sockaddr*>(&to);
    if (sendto(fd, question.data(), question.size(), 0, raw, sizeof to) < 0) {
      answer = std::to_string(errno);
    } else {
      std::array<char, 256> piece{};
      auto const size = recv(fd, piece.data(), piece.size(), 0);
      answer.assign(piece.data(), size < 0 ? 0U : static_cast<std::size_t>(size));
    }
    close(fd);
    return {};
  });
  return asked ? answer : asked.error().message;
}

TEST_F(EncryptionTest, TheLargestPacketsFitInOne) {
  encrypt_both(keys_from(1));
  constexpr std::size_t kHeads = 28;  // Of IP and UDP.
  EXPECT_EQ(ask_with(client_->net, mtu_ - kHeads), "10.0.1.20 10.0.1.10");
  EXPECT_EQ(ask_with(client_->net, mtu_ - kHeads + 1), std::to_string(EMSGSIZE));
  EXPECT_EQ(seen("pieces"), 0);
}

TEST_F(EncryptionTest, WhatOthersRemoveIsMadeAnew) {
  encrypt_both(keys_from(1));
  auto const before = flows(*sides_[0]);
  shell(sides_[0]->host->net, "ip xfrm state flush; ip xfrm policy flush; nft flush ruleset");
  EXPECT_THAT(flows(*sides_[0]), IsEmpty());
  encrypt(*sides_[0], keys_from(1));
  EXPECT_THAT(flows(*sides_[0]), ::testing::UnorderedElementsAreArray(before));
  EXPECT_TRUE(answers_ping(client_->net, kTask));
  EXPECT_EQ(seen("clear"), 0);
}

TEST_F(EncryptionTest, AKeyThatIsAnotherUnderTheSameNumberIsReplaced) {
  encrypt_both(keys_from(1));
  auto other = keys_from(1);
  for (auto& key : other) {
    key.secret.replace(0, 4, "beef");
  }
  encrypt_both(other);
  EXPECT_THAT(flows(*sides_[0]), SizeIs(4));
  EXPECT_TRUE(answers_ping(client_->net, kTask));
}

TEST_F(EncryptionTest, AfterAStartWithoutKeysPathsWorkOn) {
  encrypt_both(keys_from(1));
  EncryptionParts again(sides_[0]->host->net, true);
  auto const wanted = plan_for(*sides_[0], {});
  ASSERT_TRUE(again.prepare(wanted.networks[0], wanted));
  ASSERT_TRUE(again.finish(nullptr, wanted));
  EXPECT_TRUE(answers_ping(client_->net, kTask));
}

TEST_F(EncryptionTest, GoesWithTheLastNetwork) {
  encrypt_both(keys_from(1));
  auto const& home = *sides_[0]->host->overlay;
  sides_[0]->parts.take(home, plan_for(*sides_[0], {}).networks[0]);
  ASSERT_TRUE(sides_[0]->parts.finish(nullptr, {}));
  EXPECT_THAT(flows(*sides_[0]), IsEmpty());
  EXPECT_THAT(shell(sides_[0]->host->net, "ip xfrm policy list"), IsEmpty());
  EXPECT_THAT(shell(sides_[0]->host->net, "nft list tables"), IsEmpty());
}

using NoEncryptionTest = ScratchNetTest;

TEST_F(NoEncryptionTest, AnEncryptedNetworkIsRefusedAndOthersAreNot) {
  auto const here = NetNamespace::current().value();
  EncryptionParts parts(here, false);
  model::PlannedNetwork network;
  EXPECT_TRUE(parts.prepare(network, {}));
  network.encrypted = true;
  auto const prepared = parts.prepare(network, {});
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message, HasSubstr("this host's kernel cannot"));
  EXPECT_TRUE(parts.finish(nullptr, {}));
}

}  // namespace
}  // namespace swarmward::mesh
