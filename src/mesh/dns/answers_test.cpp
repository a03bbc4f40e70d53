#include "mesh/dns/answers.h"

#include <gmock/gmock.h>

namespace swarmward::mesh::dns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint16_t kTypeAaaa = 28;

/// The network "front": a service behind a VIP with two tasks, of which one runs here.
model::PlannedNetwork front() {
  model::PlannedNetwork network;
  network.id = "n1";
  network.name = "Front";
  network.local = {"10.0.1.5", "10.0.1.7"};
  network.vips = {{"10.0.1.4", {"10.0.1.5", "10.0.1.6"}}};
  network.names = {{"both", {"10.0.1.4"}},
                   {"gone", {}},
                   {"tasks.web", {"10.0.1.5", "10.0.1.6", "10.0.1.7"}},
                   {"web", {"10.0.1.4"}},
                   {"web.1.x", {"10.0.1.5"}},
                   {"web.2.y", {"10.0.1.6"}}};
  network.reverse = {{"web", {"10.0.1.4"}}, {"web.1.x", {"10.0.1.5"}}, {"web.2.y", {"10.0.1.6"}}};
  return network;
}

/// "back.end", which task web.1.x of this node is in too, and web.2.y of another node.
model::PlannedNetwork back() {
  model::PlannedNetwork network;
  network.id = "n2";
  network.name = "back.end";
  network.local = {"10.0.2.5"};
  network.names = {{"both", {"10.0.2.9"}},
                   {"db", {"10.0.2.8", "not an address"}},
                   {"web.1.x", {"10.0.2.5"}},
                   {"web.2.y", {"10.0.2.6"}}};
  network.reverse = {{"db.1.z", {"10.0.2.8"}}, {"web.1.x", {"10.0.2.5"}}};
  return network;
}

class FindAnswer : public ::testing::Test {
 protected:
  [[nodiscard]] std::optional<Answer> ask(std::string const& name,
                                          std::uint16_t type = kTypeA,
                                          std::uint64_t turn = 0) const {
    return find_answer(names_, asker_, {name, type, kClassIn}, turn);
  }
  /// The addresses as text; "unknown" if other servers are to be asked.
  [[nodiscard]] std::vector<std::string> addresses(std::string const& name,
                                                   std::uint64_t turn = 0) const {
    auto const answer = ask(name, kTypeA, turn);
    if (!answer) {
      return {"unknown"};
    }
    std::vector<std::string> texts;
    for (auto const& address : answer->addresses) {
      texts.push_back(to_text(address));
    }
    return texts;
  }
  void ask_from(std::string const& network, std::string const& address) {
    asker_ = {network, parse_address(address).value()};
  }

  Names names_{std::vector<model::SharedNetwork>{front(), back()}};
  Asker asker_{"n1", parse_address("10.0.1.5").value()};
};

TEST_F(FindAnswer, AServiceIsItsVip) {
  EXPECT_THAT(addresses("web"), ElementsAre("10.0.1.4"));
  EXPECT_EQ(ask("web")->ttl, kVipTtl);
}

TEST_F(FindAnswer, TasksBeginWithAnotherOneAtEachTurn) {
  EXPECT_THAT(addresses("tasks.web", 0), ElementsAre("10.0.1.5", "10.0.1.6", "10.0.1.7"));
  EXPECT_THAT(addresses("tasks.web", 1), ElementsAre("10.0.1.6", "10.0.1.7", "10.0.1.5"));
  EXPECT_THAT(addresses("tasks.web", 5), ElementsAre("10.0.1.7", "10.0.1.5", "10.0.1.6"));
  EXPECT_EQ(ask("tasks.web")->ttl, kTaskTtl);
}

TEST_F(FindAnswer, TheNetworkMayBeNamed) {
  EXPECT_THAT(addresses("web.front"), ElementsAre("10.0.1.4"));
  EXPECT_THAT(addresses("web.1.x.front"), ElementsAre("10.0.1.5"));
  EXPECT_THAT(addresses("db.back.end"), ElementsAre("10.0.2.8"));
  EXPECT_THAT(addresses("db.front"), ElementsAre("unknown"));
  EXPECT_THAT(addresses(".front"), ElementsAre("unknown"));
  EXPECT_THAT(addresses("front"), ElementsAre("unknown"));
}

TEST_F(FindAnswer, TheNetworkOfTheQueryGoesFirst) {
  EXPECT_THAT(addresses("both"), ElementsAre("10.0.1.4"));
  EXPECT_THAT(addresses("both.back.end"), ElementsAre("10.0.2.9"));
  ask_from("n2", "10.0.2.5");
  EXPECT_THAT(addresses("both"), ElementsAre("10.0.2.9"));
  EXPECT_THAT(addresses("web"), ElementsAre("10.0.1.4"));
}

TEST_F(FindAnswer, OtherNetworksOnlyForTheirMembersOnThisNode) {
  EXPECT_THAT(addresses("db"), ElementsAre("10.0.2.8"));
  ask_from("n1", "10.0.1.7");  // Without a name of its own.
  EXPECT_THAT(addresses("db"), ElementsAre("unknown"));
  ask_from("n1", "10.0.1.6");  // Its member of the other network is on another node.
  EXPECT_THAT(addresses("db"), ElementsAre("unknown"));
  ask_from("n1", "10.0.1.4");  // Nobody has a VIP for itself.
  EXPECT_THAT(addresses("db"), ElementsAre("unknown"));
  ask_from("n3", "10.0.1.5");
  EXPECT_THAT(addresses("web"), ElementsAre("unknown"));
}

TEST_F(FindAnswer, AContainerIsInNoNetworkForASharedNameAlone) {
  auto ours = front();
  ours.names.push_back({"cache", {"10.0.1.7"}});
  ours.reverse.push_back({"cache", {"10.0.1.7"}});  // A container that was given this name.
  auto others = back();
  others.names.push_back({"cache", {"10.0.2.5"}});  // A service of that name, without a VIP.
  names_ = Names(std::vector<model::SharedNetwork>{ours, others});
  ask_from("n1", "10.0.1.7");
  EXPECT_THAT(addresses("db"), ElementsAre("unknown"));
}

TEST_F(FindAnswer, OtherTypesOfAKnownNameAreEmpty) {
  auto const answer = ask("web", kTypeAaaa);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->addresses, IsEmpty());
  EXPECT_EQ(ask("web", kTypeAny)->addresses.size(), 1U);
  EXPECT_FALSE(ask("example.org", kTypeAaaa));
}

TEST_F(FindAnswer, ANameWithoutAddressesIsKnown) {
  EXPECT_THAT(addresses("gone"), IsEmpty());
}

TEST_F(FindAnswer, AddressesHaveNames) {
  EXPECT_EQ(ask("5.1.0.10.in-addr.arpa", kTypePtr)->pointer, "web.1.x.Front");
  EXPECT_EQ(ask("5.1.0.10.in-addr.arpa", kTypePtr)->ttl, kTaskTtl);
  EXPECT_EQ(ask("4.1.0.10.in-addr.arpa", kTypePtr)->ttl, kVipTtl);
  EXPECT_EQ(ask("8.2.0.10.in-addr.arpa", kTypePtr)->pointer, "db.1.z.back.end");
  EXPECT_EQ(ask("5.1.0.10.in-addr.arpa", kTypeA)->pointer, "");
  ask_from("n1", "10.0.1.6");
  EXPECT_FALSE(ask("8.2.0.10.in-addr.arpa", kTypePtr));
}

TEST_F(FindAnswer, WhatIsNoAddressOfOursBelongsToOthers) {
  for (auto const* const name : {"9.9.9.9.in-addr.arpa",
                                 "1.0.10.in-addr.arpa",
                                 "5.5.1.0.10.in-addr.arpa",
                                 "x.1.0.10.in-addr.arpa",
                                 "999.1.0.10.in-addr.arpa",
                                 ".in-addr.arpa",
                                 "in-addr.arpa",
                                 ""}) {
    EXPECT_FALSE(ask(name, kTypePtr)) << name;
  }
}

}  // namespace
}  // namespace swarmward::mesh::dns
