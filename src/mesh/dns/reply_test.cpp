#include "mesh/dns/reply.h"

#include <gmock/gmock.h>

#include "mesh/dns/testing/messages.h"

namespace swarmward::mesh::dns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Query query_for(QueryText const& text) {
  return std::get<Query>(parse_query(query_bytes(text)));
}

/// 10.0.0.0, 10.0.0.1, ...
Answer many(unsigned count) {
  Answer answer;
  answer.ttl = std::chrono::seconds(5);
  for (unsigned i = 0; i < count; ++i) {
    answer.addresses.push_back({0x0a000000U + i});
  }
  return answer;
}

TEST(WriteReply, RepeatsTheQuestionAndListsAddresses) {
  auto const reply = read_reply(write_reply(query_for({"Tasks.WEB"}), many(2), 512));
  EXPECT_TRUE(reply.readable && reply.response && reply.recursion_available);
  EXPECT_EQ(reply.id, 0x1234);
  EXPECT_EQ(reply.rcode, 0U);
  EXPECT_EQ(reply.question, "Tasks.WEB.");
  EXPECT_THAT(reply.records, ElementsAre("10.0.0.0", "10.0.0.1"));
  EXPECT_THAT(reply.ttls, ElementsAre(5U, 5U));
  EXPECT_FALSE(reply.truncated || reply.edns);
}

TEST(WriteReply, ManyAddressesAreCutToTheLimitAndMarked) {
  auto const query = query_for({"tasks.web"});
  auto const bytes = write_reply(query, many(120), 512);
  auto const reply = read_reply(bytes);
  EXPECT_TRUE(reply.truncated);
  EXPECT_EQ(reply.records.size(), 30U);  // 27 bytes of header and question, 16 for each address.
  EXPECT_LE(bytes.size(), 512U);
  EXPECT_EQ(reply.records.back(), "10.0.0.29");
  auto const whole = read_reply(write_reply(query, many(120), 4096));
  EXPECT_FALSE(whole.truncated);
  EXPECT_EQ(whole.records.size(), 120U);
}

TEST(WriteReply, FitsExactlyOrNot) {
  auto const query = query_for({"tasks.web"});
  auto const size = write_reply(query, many(31), 4096).size();
  EXPECT_FALSE(read_reply(write_reply(query, many(31), size)).truncated);
  auto const cut = read_reply(write_reply(query, many(31), size - 1));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.records.size(), 30U);
}

TEST(WriteReply, MoreAddressesThanAnyMessageHolds) {
  auto const bytes = write_reply(query_for({"tasks.web"}), many(70000), kLargestTcpBytes);
  EXPECT_LE(bytes.size(), kLargestTcpBytes);
  auto const reply = read_reply(bytes);
  EXPECT_TRUE(reply.truncated);
  EXPECT_EQ(reply.records.size(), 4094U);
}

TEST(WriteReply, NamesOfAddresses) {
  Answer answer;
  answer.pointer = "web.1.x7.net";
  answer.ttl = std::chrono::seconds(600);
  auto const query = query_for({"5.1.0.10.in-addr.arpa", kTypePtr});
  auto const reply = read_reply(write_reply(query, answer, 512));
  EXPECT_THAT(reply.records, ElementsAre("web.1.x7.net."));
  EXPECT_THAT(reply.ttls, ElementsAre(600U));
}

TEST(WriteReply, ANameThatDnsCannotCarryIsLeftOut) {
  Answer answer;
  answer.pointer = std::string(64, 'a') + ".net";
  auto const query = query_for({"5.1.0.10.in-addr.arpa", kTypePtr});
  auto const reply = read_reply(write_reply(query, answer, 512));
  EXPECT_TRUE(reply.readable);
  EXPECT_THAT(reply.records, IsEmpty());
}

TEST(WriteReply, EdnsIsAnsweredWithEdns) {
  QueryText text{"web"};
  text.edns_bytes = 1232;
  auto const query = query_for(text);
  EXPECT_TRUE(read_reply(write_reply(query, many(1), 512)).edns);
  auto const failure = read_reply(write_failure(query, Rcode::ServFail));
  EXPECT_TRUE(failure.edns);
  EXPECT_EQ(failure.rcode, 2U);
  EXPECT_EQ(failure.question, "web.");
}

}  // namespace
}  // namespace swarmward::mesh::dns
