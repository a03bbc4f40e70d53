#include "base/net/host_text.h"

#include <gtest/gtest.h>

namespace swarmward::net {
namespace {

TEST(HostText, TellsAddressesFromNames) {
  for (auto const* address : {"10.0.0.1", "::", "fe80::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(is_ip(address)) << address;
  }
  for (auto const* name : {"", "h1", "10.0.0", "10.0.0.1:80", "[::1]", "10.0.0.256"}) {
    EXPECT_FALSE(is_ip(name)) << name;
  }
}

TEST(HostText, BracketsAreForIpv6) {
  EXPECT_EQ(in_brackets("::1"), "[::1]");
  EXPECT_EQ(in_brackets("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(in_brackets("h1"), "h1");
  EXPECT_EQ(without_brackets("[::1]"), "::1");
  EXPECT_EQ(without_brackets("h1"), "h1");
  EXPECT_EQ(without_brackets("[::1"), "[::1") << "half of a pair";
  EXPECT_EQ(without_brackets("["), "[");
}

TEST(HostText, AddressesOfVersion4AreShownAsSuch) {
  EXPECT_EQ(unmapped("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(unmapped("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(unmapped("fd00::1"), "fd00::1");
  EXPECT_EQ(unmapped("::ffff:a00:1"), "::ffff:a00:1");
}

}  // namespace
}  // namespace swarmward::net
