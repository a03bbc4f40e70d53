#include "mesh/render/encryption.h"

#include <gmock/gmock.h>

namespace swarmward::mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Address address(char const* text) {
  return parse_address(text).value();
}

model::NetworkKey key(std::uint32_t number) {
  return {number, std::string(62, 'a') + (number % 2 == 0 ? "0c" : "1d")};
}

/// What the manager tells the host 192.0.2.1 of one encrypted network with tasks on two others.
model::NetworkPlan plan_of_first() {
  model::PlannedNetwork network;
  network.id = "n1";
  network.vni = 4097;
  network.encrypted = true;
  network.peers = {{"10.0.1.3", "192.0.2.2"}, {"10.0.1.4", "192.0.2.2"}, {"10.0.1.5", "192.0.2.3"}};
  model::NetworkPlan plan;
  plan.networks = {network};
  plan.host = "192.0.2.1";
  plan.keys = {key(1), key(2), key(3)};
  return plan;
}

model::NetworkPlan plan_of_second() {
  auto plan = plan_of_first();
  plan.host = "192.0.2.2";
  plan.networks[0].change([](model::PlannedNetwork& network) {
    network.peers = {{"10.0.1.2", "192.0.2.1"}, {"10.0.1.5", "192.0.2.3"}};
  });
  return plan;
}

std::vector<SecureFlow> between(EncryptionWanted const& wanted, char const* from, char const* to) {
  std::vector<SecureFlow> found;
  for (auto const& flow : wanted.flows) {
    if (flow.source == address(from) && flow.destination == address(to)) {
      found.push_back(flow);
    }
  }
  return found;
}

TEST(PlanEncryption, HearsByAllKeysAndSpeaksByTheLastButOne) {
  auto const here = plan_encryption(plan_of_first(), {}, {});
  auto const there = plan_encryption(plan_of_second(), {}, {});
  EXPECT_TRUE(here.keys_known);
  auto const spoken = between(here, "192.0.2.1", "192.0.2.2");
  auto const heard = between(there, "192.0.2.1", "192.0.2.2");
  ASSERT_EQ(spoken.size(), 1U);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(spoken[0], heard[1]);
  EXPECT_EQ(spoken[0].spi, spi_of(address("192.0.2.1"), 2));
}

TEST(PlanEncryption, WhatIsSpokenAfterOneMoreKeyWasHeardBefore) {
  auto const before = plan_encryption(plan_of_second(), {}, {});
  auto next = plan_of_first();
  next.keys = {key(2), key(3), key(4)};
  auto const spoken = between(plan_encryption(next, {}, {}), "192.0.2.1", "192.0.2.2");
  ASSERT_EQ(spoken.size(), 1U);
  EXPECT_THAT(between(before, "192.0.2.1", "192.0.2.2"), ::testing::Contains(spoken[0]));
}

TEST(PlanEncryption, EachFlowHasAKeyOfItsOwn) {
  std::set<std::array<std::uint8_t, 20>> keys;
  auto const wanted = plan_encryption(plan_of_first(), {}, {});
  for (auto const& flow : wanted.flows) {
    keys.insert(flow.key);
  }
  EXPECT_EQ(keys.size(), wanted.flows.size());
  EXPECT_EQ(wanted.flows.size(), 8U);  // From two hosts by three keys, to each by one.
}

TEST(PlanEncryption, SpeaksFromTheAddressThatTheKernelTakes) {
  std::map<Address, Address> const sources{{address("192.0.2.2"), address("198.51.100.7")}};
  auto const wanted = plan_encryption(plan_of_first(), {}, sources);
  auto const spoken = between(wanted, "198.51.100.7", "192.0.2.2");
  ASSERT_EQ(spoken.size(), 1U);
  EXPECT_EQ(spoken[0].spi, spi_of(address("192.0.2.1"), 2));
  EXPECT_THAT(wanted.routes,
              ::testing::Contains(SecureRoute{.source = address("198.51.100.7"),
                                              .destination = address("192.0.2.2"),
                                              .port = 4789,
                                              .spi = spoken[0].spi}));
}

TEST(PlanEncryption, OpenNetworksNeedNothing) {
  auto plan = plan_of_first();
  plan.networks[0].change([](model::PlannedNetwork& network) { network.encrypted = false; });
  auto const wanted = plan_encryption(plan, {}, {});
  EXPECT_TRUE(wanted.vnis.empty());
  EXPECT_TRUE(wanted.flows.empty());
}

TEST(PlanEncryption, WithoutKeysNothingIsKnownOfFlows) {
  for (auto const& keys : {std::vector<model::NetworkKey>{}, {{1, "short"}}, {{1, "zz"}}}) {
    auto plan = plan_of_first();
    plan.keys = keys;
    auto const wanted = plan_encryption(plan, {5000}, {});
    EXPECT_FALSE(wanted.keys_known);
    EXPECT_EQ(wanted.vnis, (std::set<std::uint32_t>{4097, 5000}));
  }
}

TEST(PlanEncryption, NumbersTellSourcesAndKeysApart) {
  std::set<std::uint32_t> numbers;
  for (std::uint32_t host = 0; host < 1000; ++host) {
    for (std::uint32_t number = 1; number < 4; ++number) {
      numbers.insert(spi_of({0x0A000000 + host}, number));
    }
  }
  EXPECT_EQ(numbers.size(), 3000U);
  EXPECT_GE(spi_of({0}, 0), 256U);
}

TEST(RenderEncryption, MarksAndDropsByVni) {
  auto wanted = plan_encryption(plan_of_first(), {5000}, {});
  wanted.port = 7777;
  auto const text = render_encryption_table(wanted);
  EXPECT_THAT(text, HasSubstr("udp dport 7777 @th,96,24 { 4097, 5000 } meta mark set 0xd0c4e3"));
  EXPECT_THAT(text, HasSubstr("rt ipsec missing counter drop"));
  EXPECT_THAT(text, HasSubstr("@th,96,24 { 4097, 5000 } meta ipsec missing counter drop"));
  EXPECT_THAT(text, Not(HasSubstr("aaaa")));  // Nothing of a key.
}

}  // namespace
}  // namespace swarmward::mesh
