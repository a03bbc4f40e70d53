#include "mesh/dns/message.h"

#include <gmock/gmock.h>

#include "mesh/dns/testing/messages.h"

namespace swarmward::mesh::dns {
namespace {

Query parsed(std::string_view bytes) {
  auto query = parse_query(bytes);
  return std::holds_alternative<Query>(query) ? std::get<Query>(query) : Query{};
}

/// The code of the refusal; nothing if there is none.
std::optional<unsigned> refused(std::string_view bytes) {
  auto const query = parse_query(bytes);
  auto const* const refusal = std::get_if<Refusal>(&query);
  if (refusal == nullptr) {
    return std::nullopt;
  }
  auto const reply = read_reply(refusal->reply);
  EXPECT_TRUE(reply.readable && reply.response);
  EXPECT_EQ(reply.id, 0x1234);
  return reply.rcode;
}

bool silent(std::string_view bytes) {
  return std::holds_alternative<Silence>(parse_query(bytes));
}

TEST(ParseQuery, NamesAreInLowerCaseAndKeepTheirSpelling) {
  auto const query = parsed(query_bytes({"Tasks.WEB.Net", 28}));
  EXPECT_EQ(query.id, 0x1234);
  EXPECT_TRUE(query.recursion_desired);
  EXPECT_EQ(query.question, (Question{"tasks.web.net", 28, 1}));
  EXPECT_EQ(query.owner, wire_name("Tasks.WEB.Net"));
  EXPECT_FALSE(query.edns);
}

TEST(ParseQuery, TheRootAndOddCharactersAreNames) {
  auto const root = parsed(query_bytes({"", 2}));
  EXPECT_EQ(root.question.name, "");
  EXPECT_EQ(root.question.type, 2);
  // A dot inside a part is not one between parts.
  auto bytes = query_bytes({"a-b"});
  bytes[14] = '.';
  EXPECT_EQ(parsed(bytes).question.name, "a\\.b");
}

TEST(ParseQuery, TheSizeThatTheClientOffersIsBounded) {
  EXPECT_EQ(udp_limit(parsed(query_bytes({"web"}))), 512U);
  QueryText query{"web"};
  for (auto const& [offered, limit] : {std::pair{100U, 512U}, {1232U, 1232U}, {65535U, 4096U}}) {
    query.edns_bytes = offered;
    EXPECT_EQ(udp_limit(parsed(query_bytes(query))), limit);
  }
}

TEST(ParseQuery, WhatHasNoHeaderOrIsAResponseGetsNoReply) {
  auto const bytes = query_bytes({"web"});
  EXPECT_TRUE(silent(""));
  EXPECT_TRUE(silent(bytes.substr(0, 11)));
  EXPECT_TRUE(silent(failure_bytes(bytes, 0)));
}

TEST(ParseQuery, MalformedMessagesAreToldSo) {
  auto const bytes = query_bytes({"web"});
  for (std::size_t size = 12; size < bytes.size(); ++size) {
    EXPECT_EQ(refused(bytes.substr(0, size)), 1U) << size;
  }
  auto two = bytes + bytes.substr(12);
  two[5] = 2;
  EXPECT_EQ(refused(two), 1U);
  auto none = bytes;
  none[5] = 0;
  EXPECT_EQ(refused(none), 1U);
  auto answer = bytes;
  answer[7] = 1;
  EXPECT_EQ(refused(answer), 1U);
  EXPECT_EQ(refused(bytes + std::string(kLargestQueryBytes, '\0')), 1U);
}

TEST(ParseQuery, PointersAreNotFollowed) {
  // The question's name points to itself, to the header, and out of the message.
  auto const header = query_bytes({"web"}).substr(0, 12);
  for (unsigned const target : {0xc00cU, 0xc000U, 0xffffU}) {
    EXPECT_EQ(refused(header + wire_16(target) + wire_16(1) + wire_16(1)), 1U) << target;
  }
}

TEST(ParseQuery, SignaturesAreNotLookedAt) {
  constexpr unsigned kTsig = 250;
  QueryText text{"web"};
  text.edns_bytes = 1232;
  auto bytes = query_bytes(text);
  bytes[11] = 2;
  EXPECT_EQ(refused(bytes), 1U);  // Announced, but not there.
  // With a name that points to itself.
  bytes += wire_16(0xc000U + static_cast<unsigned>(bytes.size())) + wire_16(kTsig) +
           std::string(20, '\x7f');
  EXPECT_EQ(udp_limit(parsed(bytes)), 1232U);
}

TEST(ParseQuery, OtherOperationsAndVersionsAreRefused) {
  auto update = query_bytes({"web"});
  update[2] = 5 << 3;
  EXPECT_EQ(refused(update), 4U);
  auto const answered = parse_query(update);
  EXPECT_EQ(std::get<Refusal>(answered).reply[2] & 0x78, 5 << 3);
  QueryText future{"web"};
  future.edns_bytes = 1232;
  future.edns_version = 1;
  EXPECT_EQ(refused(query_bytes(future)), 16U);
}

TEST(ParseQuery, TwoOptRecordsAreOneTooMany) {
  QueryText query{"web"};
  query.edns_bytes = 1232;
  auto bytes = query_bytes(query);
  bytes += bytes.substr(bytes.size() - 11);
  bytes[11] = 2;
  EXPECT_EQ(refused(bytes), 1U);
}

TEST(AnswersQuestion, OnlyTheSameQuestionUnderTheSameId) {
  auto const bytes = query_bytes({"Example.org"});
  auto const query = parsed(bytes);
  auto const response = response_bytes(bytes, "192.0.2.1");
  EXPECT_TRUE(answers_question(response, query, 0x1234));
  EXPECT_FALSE(answers_question(response, query, 0x1235));
  EXPECT_FALSE(answers_question(bytes, query, 0x1234));
  auto const other = query_bytes({"example.com"});
  EXPECT_FALSE(answers_question(response_bytes(other, "192.0.2.1"), query, 0x1234));
  auto const aaaa = query_bytes({"example.org", 28});
  EXPECT_FALSE(answers_question(failure_bytes(aaaa, 0), query, 0x1234));
  EXPECT_FALSE(answers_question("", query, 0x1234));
}

TEST(AnswersQuestion, AFailureMayLeaveTheQuestionOut) {
  auto const bytes = query_bytes({"example.org"});
  auto const query = parsed(bytes);
  auto failure = failure_bytes(bytes, 1).substr(0, 12);
  failure[5] = 0;
  EXPECT_TRUE(answers_question(failure, query, 0x1234));
  failure[3] = '\x80';
  EXPECT_FALSE(answers_question(failure, query, 0x1234));
}

TEST(WithId, ChangesTheFirstTwoBytes) {
  EXPECT_EQ(with_id("ab-rest", 0x4344), "CD-rest");
}

}  // namespace
}  // namespace swarmward::mesh::dns
