#include "cluster/pki/join_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/pki/unlock_key.h"
#include "cluster/root_ca.h"

namespace swarmward::cluster {
namespace {

Time const kNow{std::chrono::hours(24 * 365 * 50)};

TEST(JoinToken, RoundTripPinsItsCertificate) {
  auto const ca = make_root_ca(kNow, system_random());
  auto const other = make_root_ca(kNow, system_random());
  ASSERT_TRUE(ca && other);
  auto const text = make_join_token(ca->certificate, system_random());
  auto const token = parse_join_token(text);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->secret, text.substr(text.size() - 25));
  EXPECT_TRUE(check_root(*token, ca->certificate));
  EXPECT_THAT(
      check_root(*token, other->certificate).error().message,
      testing::MatchesRegex("remote CA does not match fingerprint. Expected: [0-9a-f]{64}"));
}

TEST(JoinToken, RefusesWhatIsNoToken) {
  auto const good = make_join_token("certificate", system_random());
  ASSERT_TRUE(parse_join_token(good));
  std::string upper = good;
  upper.back() = 'Z';
  std::string beyond = good;
  beyond.replace(9, 50, std::string(50, 'z'));  // More than 256 bits.
  for (auto const& text : {std::string{},
                           std::string("SWMTKN-1-"),
                           good + "0",
                           good.substr(1),
                           "SWMTKN-2" + good.substr(8),
                           upper,
                           beyond,
                           std::string(1 << 20, 'a')}) {
    auto const parsed = parse_join_token(text);
    ASSERT_FALSE(parsed) << text.substr(0, 90);
    EXPECT_EQ(parsed.error().message, "invalid join token");
    EXPECT_EQ(parsed.error().code, ErrorCode::Internal);
  }
}

TEST(JoinToken, DecidesTheRole) {
  model::Cluster cluster;
  EXPECT_FALSE(token_role(cluster, ""));  // Not even where the swarm has no tokens.
  cluster.worker_token = make_join_token("certificate", system_random());
  cluster.manager_token = make_join_token("certificate", system_random());
  EXPECT_EQ(*token_role(cluster, cluster.worker_token), model::NodeRole::Worker);
  EXPECT_EQ(*token_role(cluster, cluster.manager_token), model::NodeRole::Manager);
  for (auto const& wrong :
       {make_join_token("certificate", system_random()), std::string{}, std::string("SWMTKN-1-")}) {
    auto const role = token_role(cluster, wrong);
    ASSERT_FALSE(role);
    EXPECT_EQ(role.error().message,
              "rpc error: code = InvalidArgument desc = A valid join token is necessary to join "
              "this cluster");
  }
}

TEST(UnlockKey, RoundTripAndNativesError) {
  RandomBytes const fixed = [](std::uint8_t* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      data[i] = static_cast<std::uint8_t>(i * 7);
    }
  };
  auto const text = make_unlock_key(fixed);
  auto const key = parse_unlock_key(text);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->bytes[1], 7);
  EXPECT_EQ(key->bytes[31], 217);
  for (auto const& wrong : {std::string{},
                            text.substr(0, text.size() - 1),
                            text + "A",
                            text + "=",
                            "SWMKEY-2" + text.substr(8),
                            text.substr(0, text.size() - 1) + "!"}) {
    ASSERT_FALSE(parse_unlock_key(wrong)) << wrong;
    EXPECT_EQ(parse_unlock_key(wrong).error().message, "invalid key string");
    EXPECT_EQ(parse_unlock_key(wrong).error().code, ErrorCode::InvalidArgument);
  }
}

}  // namespace
}  // namespace swarmward::cluster
