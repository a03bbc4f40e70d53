#include "api/server/framing.h"

#include <random>

#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

using Kind = BodyFraming::Kind;

TEST(BodyFraming, CountsALength) {
  BodyFraming body(Kind::Length, 5);
  EXPECT_EQ(body.feed("abc"), 3U);
  EXPECT_FALSE(body.done());
  EXPECT_EQ(body.feed("deGET /"), 2U);
  EXPECT_TRUE(body.done());
  EXPECT_TRUE(BodyFraming(Kind::Length, 0).done());
  EXPECT_TRUE(BodyFraming().done());
}

TEST(BodyFraming, UntilCloseNeverEnds) {
  BodyFraming body(Kind::UntilClose);
  EXPECT_EQ(body.feed("abc"), 3U);
  EXPECT_FALSE(body.done());
}

TEST(BodyFraming, FindsTheEndOfChunksHoweverTheyAreCut) {
  std::string const body =
      "5;x=\"y\"\r\nhello\r\n1\nX\r\nA \r\n0123456789\r\n0\r\nA: b\r\nC: d\r\n\r\n";
  std::string const stream = body + "GET / HTTP/1.1\r\n";
  auto const seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    BodyFraming framing(Kind::Chunked);
    std::string payload;
    std::size_t at = 0;
    while (!framing.done() && at < stream.size()) {
      auto const size = 1 + random() % 7;
      at += framing.feed(std::string_view(stream).substr(at, size), &payload);
      ASSERT_FALSE(framing.failed());
    }
    ASSERT_EQ(at, body.size());
    ASSERT_EQ(payload, "helloX0123456789");
  }
}

TEST(BodyFraming, RefusesMalformedChunks) {
  for (auto const* bad : {"\r\n",
                          "x\r\n",
                          "5\rx",
                          "-1\r\n",
                          "1\r\naXX",
                          "1\r\na\rX",
                          "10000000000000000\r\n",
                          "0\r\n\rx"}) {
    BodyFraming framing(Kind::Chunked);
    framing.feed(bad);
    EXPECT_TRUE(framing.failed()) << bad;
    EXPECT_FALSE(framing.done()) << bad;
  }
}

}  // namespace
}  // namespace swarmward::api
