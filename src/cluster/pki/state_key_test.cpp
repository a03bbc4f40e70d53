#include "cluster/pki/state_key.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace swarmward::cluster {
namespace {

namespace fs = std::filesystem;

class StateKeyTest : public testing::Test {
 protected:
  StateKeyTest() {
    auto pattern = (fs::temp_directory_path() / "state-key-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~StateKeyTest() override { fs::remove_all(folder_); }

  /// As after a start of the daemon.
  [[nodiscard]] StateKey opened() const {
    StateKey key(file(), random_);
    EXPECT_TRUE(key.open());
    return key;
  }
  [[nodiscard]] UnlockKey unlock_key() const {
    return parse_unlock_key(make_unlock_key(random_)).value();
  }
  [[nodiscard]] fs::path file() const { return folder_ / "state.key"; }

  fs::path folder_;
  RandomBytes random_ = system_random();
};

TEST_F(StateKeyTest, IsMadeOnceAndForItsOwnerAlone) {
  auto const first = opened();
  ASSERT_FALSE(first.locked());
  EXPECT_EQ(opened().key().bytes, first.key().bytes);
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms(0600));
}

TEST_F(StateKeyTest, OpensWithItsUnlockKeyAlone) {
  auto const lock = unlock_key();
  auto first = opened();
  ASSERT_TRUE(first.lock_by(lock, "10.0.0.1"));
  auto second = opened();
  ASSERT_TRUE(second.locked());
  EXPECT_EQ(second.node_addr(), "10.0.0.1");
  EXPECT_EQ(second.unlock(unlock_key()).error().message,
            "swarm could not be unlocked: invalid key provided");
  ASSERT_TRUE(second.locked());
  ASSERT_TRUE(second.unlock(lock));
  EXPECT_EQ(second.key().bytes, first.key().bytes);
}

TEST_F(StateKeyTest, ChangesItsLockWithoutChangingTheKey) {
  auto const old_lock = unlock_key();
  auto const new_lock = unlock_key();
  auto first = opened();
  ASSERT_TRUE(first.lock_by(old_lock, ""));
  ASSERT_TRUE(first.lock_by(new_lock, ""));
  auto second = opened();
  EXPECT_FALSE(second.unlock(old_lock));
  ASSERT_TRUE(second.unlock(new_lock));
  EXPECT_EQ(second.key().bytes, first.key().bytes);
  ASSERT_TRUE(second.lock_by(std::nullopt, ""));
  EXPECT_FALSE(opened().locked());
}

TEST_F(StateKeyTest, ADamagedFileIsNotReplaced) {
  std::ofstream(file()) << "something else\n";
  StateKey key(file(), random_);
  auto const opened = key.open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("bring it back from a backup"));
  std::string first;
  std::getline(std::ifstream(file()), first);
  EXPECT_EQ(first, "something else");
}

TEST_F(StateKeyTest, ReplacingItForgetsTheLock) {
  auto first = opened();
  ASSERT_TRUE(first.lock_by(unlock_key(), "10.0.0.1"));
  auto second = opened();
  ASSERT_TRUE(second.replace());
  EXPECT_FALSE(second.locked());
  EXPECT_NE(second.key().bytes, first.key().bytes);
  EXPECT_EQ(opened().node_addr(), "");
}

}  // namespace
}  // namespace swarmward::cluster
