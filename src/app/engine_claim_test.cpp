#include "app/engine_claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace swarmward::app {
namespace {

namespace fs = std::filesystem;

class EngineClaims : public ::testing::Test {
 protected:
  EngineClaims() {
    std::string name = (fs::temp_directory_path() / "claims-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~EngineClaims() override { fs::remove_all(folder_); }

  [[nodiscard]] EngineClaim claim(std::string const& path) const {
    return EngineClaim("unix://" + path, folder_ / "engines");
  }

  fs::path folder_;
};

TEST_F(EngineClaims, OneHasAnEngineUntilItGivesItBack) {
  auto first = claim("/run/a.sock");
  auto second = claim("/run/a.sock");
  EXPECT_TRUE(first.take());
  EXPECT_TRUE(first.take());
  auto const refused = second.take();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("unix:///run/a.sock"));
  first.release();
  EXPECT_TRUE(second.take());
  EXPECT_FALSE(first.take());
}

TEST_F(EngineClaims, GivenBackTheyLeaveNothingBehind) {
  {
    auto one = claim("/run/a.sock");
    ASSERT_TRUE(one.take());
    EXPECT_FALSE(fs::is_empty(folder_));
    auto const moved = std::move(one);
    EXPECT_FALSE(claim("/run/a.sock").take());
  }
  EXPECT_TRUE(fs::is_empty(folder_));
  EXPECT_TRUE(claim("/run/a.sock").take());
}

TEST_F(EngineClaims, EachEngineHasItsOwn) {
  auto first = claim("/run/a.sock");
  auto second = claim("/run/b.sock");
  auto distant = EngineClaim("tcp://10.0.0.1:2375", folder_ / "engines");
  EXPECT_TRUE(first.take());
  EXPECT_TRUE(second.take());
  EXPECT_TRUE(distant.take());
}

TEST_F(EngineClaims, AnotherWayToTheSameSocketIsTheSameEngine) {
  fs::create_symlink(folder_, folder_ / "link");
  auto first = claim((folder_ / "a.sock").string());
  auto second = claim((folder_ / "link/a.sock").string());
  EXPECT_TRUE(first.take());
  EXPECT_FALSE(second.take());
}

TEST_F(EngineClaims, WhereNoLockCanBeMadeNobodyIsKeptBack) {
  auto first = EngineClaim("unix:///run/a.sock", "/proc/nowhere");
  EXPECT_TRUE(first.take());
}

}  // namespace
}  // namespace swarmward::app
