#include "mesh/dns/responder.h"

#include <gmock/gmock.h>

#include "mesh/dns/testing/messages.h"

namespace swarmward::mesh::dns {
namespace {

class Respond : public ::testing::Test {
 protected:
  Respond() {
    model::PlannedNetwork network;
    network.id = "n1";
    network.name = "net";
    network.local = {"10.0.1.1", "10.0.1.2"};
    network.own_servers = {"10.0.1.2"};
    network.names = {{"one", {"10.0.1.1"}}, {"two", {"10.0.1.1", "10.0.1.2"}}};
    model::PlannedName many{"many", {}};
    for (int i = 1; i <= 120; ++i) {
      many.addresses.push_back("10.0.1." + std::to_string(i));
    }
    network.names.push_back(many);
    names_ = Names({network});
  }

  Response respond_to(QueryText const& query, Transport transport = Transport::Udp) {
    return respond(names_, asker_, query_bytes(query), transport, turn_);
  }
  ReplyText reply_to(QueryText const& query, Transport transport = Transport::Udp) {
    auto const response = respond_to(query, transport);
    auto const* const reply = std::get_if<std::string>(&response);
    return reply == nullptr ? ReplyText{} : read_reply(*reply);
  }

  Names names_;
  Asker asker_{"n1", {}};
  std::uint64_t turn_ = 0;
};

TEST_F(Respond, OnlyAnswersWithSeveralAddressesTakeATurn) {
  EXPECT_EQ(reply_to({"two"}).records.front(), "10.0.1.1");
  // What resolvers ask in between, for the other family.
  EXPECT_TRUE(reply_to({"two", 28}).records.empty());
  EXPECT_EQ(reply_to({"one"}).records.front(), "10.0.1.1");
  EXPECT_EQ(reply_to({"two"}).records.front(), "10.0.1.2");
}

TEST_F(Respond, TooManyForADatagramAreWholeOnTcp) {
  EXPECT_TRUE(reply_to({"many"}).truncated);
  auto const whole = reply_to({"many"}, Transport::Tcp);
  EXPECT_FALSE(whole.truncated);
  EXPECT_EQ(whole.records.size(), 120U);
}

TEST_F(Respond, UnknownNamesAreForOtherServers) {
  auto const response = respond_to({"Example.ORG"});
  ASSERT_TRUE(std::holds_alternative<Query>(response));
  EXPECT_EQ(std::get<Query>(response).question.name, "example.org");
}

TEST_F(Respond, UnknownNamesOfATaskWithServersOfItsOwnFail) {
  asker_.source = parse_address("10.0.1.2").value();
  EXPECT_EQ(reply_to({"example.org"}).rcode, 2);
  EXPECT_EQ(reply_to({"one"}).records.front(), "10.0.1.1");
  asker_.source = parse_address("10.0.1.1").value();
  EXPECT_TRUE(std::holds_alternative<Query>(respond_to({"example.org"})));
}

TEST_F(Respond, NothingOfTheOutsideIsToldInside) {
  model::PlannedNetwork internal;
  internal.id = "n2";
  internal.internal = true;
  internal.names = {{"one", {"10.0.2.1"}}};
  names_ = Names({internal});
  asker_.network_id = "n2";
  EXPECT_EQ(reply_to({"example.org"}).rcode, 2);
  EXPECT_EQ(reply_to({"one"}).records.front(), "10.0.2.1");
}

TEST_F(Respond, ANetworkWithoutAPlanFails) {
  asker_.network_id = "n2";
  EXPECT_EQ(reply_to({"one"}).rcode, 2U);
  EXPECT_EQ(reply_to({"example.org"}).rcode, 2U);
}

TEST_F(Respond, OtherClassesAreRefused) {
  constexpr std::uint16_t kTypeTxt = 16;
  constexpr std::uint16_t kChaos = 3;
  EXPECT_EQ(reply_to({"version.bind", kTypeTxt, kChaos}).rcode, 5U);
}

TEST_F(Respond, NonsenseIsRefusedOrIgnored) {
  std::uint64_t turn = 0;
  EXPECT_TRUE(
      std::holds_alternative<Silence>(respond(names_, asker_, "nonsense", Transport::Udp, turn)));
  auto const reply = respond(names_, asker_, std::string(12, '\0'), Transport::Udp, turn);
  EXPECT_EQ(read_reply(std::get<std::string>(reply)).rcode, 1U);
}

}  // namespace
}  // namespace swarmward::mesh::dns
