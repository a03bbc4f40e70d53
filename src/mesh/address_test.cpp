#include "mesh/address.h"

#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

TEST(Address, ReadsWhatItWrites) {
  for (auto const* text : {"0.0.0.0", "10.0.1.5", "255.255.255.255"}) {
    auto const address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
}

TEST(Address, RefusesEverythingElse) {
  for (auto const* text : {"",
                           "10",
                           "10.0.1",
                           "10.0.1.5.6",
                           "10.0.1.256",
                           "10.0.1.05",
                           "10.0.1.5 ",
                           " 10.0.1.5",
                           "-1.0.0.0",
                           "10..1.5",
                           "10.0.1.",
                           "a.b.c.d",
                           "10.0.1.5/24",
                           "::1",
                           "4294967296.0.0.0"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Subnet, KnowsItsMembers) {
  auto const subnet = parse_subnet("10.0.1.0/24");
  ASSERT_TRUE(subnet);
  EXPECT_TRUE(subnet->may_have(*parse_address("10.0.1.1")));
  EXPECT_TRUE(subnet->may_have(*parse_address("10.0.1.254")));
  EXPECT_FALSE(subnet->may_have(*parse_address("10.0.1.0")));
  EXPECT_FALSE(subnet->may_have(*parse_address("10.0.1.255")));
  EXPECT_FALSE(subnet->may_have(*parse_address("10.0.2.1")));
  EXPECT_TRUE(parse_subnet("0.0.0.0/0")->contains(*parse_address("1.2.3.4")));
}

TEST(Subnet, RefusesBitsAfterItsLength) {
  for (auto const* text : {"10.0.1.1/24", "10.0.1.0", "10.0.1.0/33", "10.0.1.0/", "10.0.1.0/2x"}) {
    EXPECT_FALSE(parse_subnet(text)) << text;
  }
}

TEST(Mac, IsMadeFromTheAddress) {
  EXPECT_EQ(to_text(mac_of(*parse_address("10.0.1.5"))), "02:42:0a:00:01:05");
}

TEST(Mac, ReadsWhatItWrites) {
  EXPECT_EQ(to_text(*parse_mac("02:42:0A:00:01:05")), "02:42:0a:00:01:05");
  for (auto const* text : {"",
                           "02:42:0a:00:01",
                           "02-42-0a-00-01-05",
                           "02:42:0a:00:01:0g",
                           "02:42:0a:00:01:5 ",
                           "02:42:0a:00:01:05:06"}) {
    EXPECT_FALSE(parse_mac(text)) << text;
  }
}

}  // namespace
}  // namespace swarmward::mesh
