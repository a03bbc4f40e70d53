#include "app/join_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(JoinFile, IsTheBodyOfAJoinAndAName) {
  auto const wish =
      parse_join_file(R"({"RemoteAddrs":["10.0.0.1:2377"],"JoinToken":"t","Hostname":"far",)"
                      R"("AdvertiseAddr":"10.0.0.2","Availability":"drain"})");
  ASSERT_TRUE(wish) << wish.error().message;
  EXPECT_EQ(wish->hostname, "far");
  EXPECT_EQ(wish->request.join_token, "t");
  EXPECT_THAT(wish->request.remote_addrs, ElementsAre("10.0.0.1:2377"));
  EXPECT_EQ(wish->request.listen_addr, "0.0.0.0:2377");
  EXPECT_EQ(wish->request.advertise_addr, "10.0.0.2");
  EXPECT_EQ(wish->request.availability, model::Availability::Drain);
}

TEST(JoinFile, WhatIsMissingOrMalformedIsRefusedWithoutTheToken) {
  EXPECT_FALSE(parse_join_file(""));
  EXPECT_FALSE(parse_join_file("[]"));
  EXPECT_FALSE(parse_join_file(R"({"JoinToken":"t"})"));
  EXPECT_FALSE(parse_join_file(R"({"RemoteAddrs":["a"]})"));
  auto const wrong = parse_join_file(R"({"JoinToken":"secret","RemoteAddrs":7})");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace swarmward::app
