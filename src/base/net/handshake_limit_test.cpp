#include "base/net/handshake_limit.h"

#include <gtest/gtest.h>

namespace swarmward::net {
namespace {

TEST(HandshakeLimit, OneAddressDoesNotKeepOthersOut) {
  HandshakeLimit limit(2);
  EXPECT_TRUE(limit.begin("a"));
  EXPECT_TRUE(limit.begin("a"));
  EXPECT_FALSE(limit.begin("a"));
  EXPECT_TRUE(limit.begin("b"));
  limit.end("a");
  EXPECT_TRUE(limit.begin("a"));
}

TEST(HandshakeLimit, AllTogetherAreBounded) {
  HandshakeLimit limit(2);
  int let_in = 0;
  for (int address = 0; address < 5000; ++address) {
    let_in += limit.begin(std::to_string(address)) ? 1 : 0;
  }
  EXPECT_EQ(let_in, 1024);
}

}  // namespace
}  // namespace swarmward::net
