#include "wire/body.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/codec/text.h"

namespace swarmward::wire {
namespace {

std::string error_of(std::string_view body) {
  auto const document = parse_body(body);
  return document ? "" : document.error().message;
}

TEST(ParseBody, TakesAnEmptyBodyForNull) {
  auto const document = parse_body("");
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->is_null());
}

TEST(ParseBody, SpeaksGosErrors) {
  EXPECT_EQ(error_of(" \n"), "invalid JSON: got EOF while reading request body");
  EXPECT_EQ(error_of("{\"a\":1"), "invalid JSON: unexpected EOF");
  EXPECT_EQ(error_of("{} {}"), "unexpected content after JSON");
  EXPECT_EQ(error_of("{}x"), "unexpected content after JSON");
  EXPECT_EQ(error_of("{} }"), "");
  EXPECT_EQ(error_of("[1,2]\n"), "");
  EXPECT_EQ(error_of("12 "), "");
  EXPECT_EQ(error_of("zz"), "invalid JSON: invalid character 'z' looking for beginning of value");
  EXPECT_EQ(error_of("{a:1}"),
            "invalid JSON: invalid character 'a' looking for beginning of object key string");
  EXPECT_EQ(error_of("{\"a\" 1}"), "invalid JSON: invalid character '1' after object key");
  EXPECT_EQ(error_of("{\"a\":1 2}"),
            "invalid JSON: invalid character '2' after object key:value pair");
  EXPECT_EQ(error_of("[1 2]"), "invalid JSON: invalid character '2' after array element");
  EXPECT_EQ(error_of(","), "invalid JSON: invalid character ',' looking for beginning of value");
}

TEST(ParseBody, LimitsNesting) {
  EXPECT_EQ(error_of(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_EQ(error_of(std::string(65, '[') + std::string(65, ']')),
            "invalid JSON: exceeded max depth");
  EXPECT_EQ(error_of("\"" + std::string(100, '[') + "\""), "");
  EXPECT_EQ(error_of(std::string(1'000'000, '[')), "invalid JSON: exceeded max depth");
  EXPECT_TRUE(nests_too_deep(std::string(1'000'000, '[')));
  EXPECT_FALSE(nests_too_deep(R"({"a":[{"b":[]}]})"));
  EXPECT_FALSE(nests_too_deep(""));
}

TEST(ParseBody, PutsAMarkForWhatIsNoText) {
  auto const text_of = [](std::string_view body) {
    auto const document = parse_body(body);
    return document ? document->at("a").get<std::string>() : document.error().message;
  };
  EXPECT_EQ(text_of("{\"a\":\"x\xe9y\"}"), "x\uFFFDy");
  EXPECT_EQ(text_of(R"({"a":"x\udce9y"})"), "x\uFFFDy");
  EXPECT_EQ(text_of(R"({"a":"\ud83dy"})"), "\uFFFDy");
  EXPECT_EQ(text_of(R"({"a":"\udce9\ud83d\ude00"})"), "\uFFFD\U0001F600");
  EXPECT_EQ(text_of(R"({"a":"\\ud83d\udce9"})"), "\\ud83d\uFFFD");
  EXPECT_EQ(text_of(R"({"a":"\ud8"})").substr(0, 13), "invalid JSON:");
}

TEST(ParseBody, LastDuplicateWins) {
  EXPECT_EQ((*parse_body(R"({"a":1,"a":2})"))["a"], 2);
}

TEST(DumpJson, NeverFailsAndKeepsHtml) {
  EXPECT_EQ(dump_json(nlohmann::json{{"a", "<&>"}}), R"({"a":"<&>"})");
  EXPECT_EQ(dump_json("\xff"), "\"\xef\xbf\xbd\"");
}

TEST(Text, FormatsFloatsAsGo) {
  EXPECT_EQ(go_float(1e-06), "1e-06");
  EXPECT_EQ(go_float(0.0001), "0.0001");
  EXPECT_EQ(go_float(0.001), "0.001");
  EXPECT_EQ(go_float(-1), "-1");
}

TEST(Text, QuotesAsGo) {
  EXPECT_EQ(go_quote("a\"b\\\n\x01"), R"("a\"b\\\n\x01")");
}

TEST(Base64, GoesBothWays) {
  for (std::string const bytes : {"", "a", "ab", "abc", "\xff\xfe"}) {
    auto const decoded = base64_decode(base64_encode(bytes));
    EXPECT_EQ(decoded.bytes, bytes);
    EXPECT_FALSE(decoded.bad_at);
  }
  EXPECT_EQ(base64_encode("ab"), "YWI=");
}

TEST(Base64, SaysWhereGoStops) {
  EXPECT_EQ(base64_decode("!!").bad_at, 0U);
  EXPECT_EQ(base64_decode("YWI").bad_at, 0U);
  EXPECT_EQ(base64_decode("YWJjYQ=").bad_at, 7U);
  EXPECT_EQ(base64_decode("YQ==YQ==").bad_at, 4U);
  EXPECT_FALSE(base64_decode("YW\nI=\n").bad_at);
}

}  // namespace
}  // namespace swarmward::wire
