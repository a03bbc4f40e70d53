#include "cluster/pki/key_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "cluster/pki/sealed.h"
#include "cluster/testing/pki_samples.h"

namespace swarmward::cluster {
namespace {

namespace fs = std::filesystem;

class KeyFilesTest : public testing::Test {
 protected:
  KeyFilesTest() {
    auto pattern = (fs::temp_directory_path() / "key-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~KeyFilesTest() override { fs::remove_all(folder_); }

  static MemberIdentity identity() {
    auto const ca = fakes::root();
    auto const member = fakes::member(fakes::signer(ca));
    return {member.chain, member.key, ca.certificate};
  }
  static std::string text(fs::path const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] fs::path path(std::string const& name) const {
    return folder_ / "certificates" / name;
  }

  fs::path folder_;
  RandomBytes random_ = system_random();
};

TEST_F(KeyFilesTest, KeepsAnIdentity) {
  KeyFiles const files(folder_ / "certificates");
  EXPECT_EQ(files.load({}).error().code, ErrorCode::NotFound);
  for (int round = 0; round < 2; ++round) {  // The second time over what is there.
    auto const mine = identity();
    ASSERT_TRUE(files.store(mine, {}, random_));
    EXPECT_EQ(files.load({}).value(), mine);
  }
  EXPECT_FALSE(files.locked());
  EXPECT_EQ(fs::status(path("swarm-node.key")).permissions(), fs::perms(0600));
  EXPECT_FALSE(fs::exists(path("swarm-node.key.new")));
  ASSERT_TRUE(files.remove());
  EXPECT_EQ(files.load({}).error().code, ErrorCode::NotFound);
}

TEST_F(KeyFilesTest, SealsTheKey) {
  KeyFiles const files(folder_ / "certificates");
  auto const mine = identity();
  auto const lock = parse_unlock_key(make_unlock_key(random_)).value();
  ASSERT_TRUE(files.store(mine, lock, random_));
  EXPECT_TRUE(files.locked());
  EXPECT_THAT(text(path("swarm-node.key")), testing::Not(testing::HasSubstr("PRIVATE")));
  EXPECT_EQ(files.load(lock).value(), mine);
  EXPECT_THAT(files.load({}).error().message, testing::StartsWith("Swarm is encrypted and needs"));
  auto const wrong = files.load(parse_unlock_key(make_unlock_key(random_)).value());
  EXPECT_EQ(wrong.error().code, ErrorCode::Unauthorized);
  EXPECT_EQ(wrong.error().message, "swarm could not be unlocked: invalid key provided");
  ASSERT_TRUE(files.store(mine, {}, random_));
  EXPECT_FALSE(files.locked());
}

TEST_F(KeyFilesTest, SurvivesACrashBetweenAnyTwoRenames) {
  std::array const order{"swarm-node.key", "swarm-node.crt", "swarm-root-ca.crt"};
  auto const before = identity();
  auto const after = identity();
  for (std::size_t renamed = 0; renamed <= order.size(); ++renamed) {
    KeyFiles const newer(folder_ / "newer");
    KeyFiles const files(folder_ / "certificates");
    ASSERT_TRUE(newer.store(after, {}, random_));
    ASSERT_TRUE(files.store(before, {}, random_));
    for (std::size_t i = 0; i < order.size(); ++i) {
      auto const target = path(order[i] + std::string(i < renamed ? "" : ".new"));
      fs::copy_file(folder_ / "newer" / order[i], target, fs::copy_options::overwrite_existing);
    }
    auto const found = files.load({});
    ASSERT_TRUE(found) << renamed << ": " << found.error().message;
    auto const& expected = renamed == 0 ? before : after;
    EXPECT_EQ(found->key, expected.key) << renamed;
    EXPECT_EQ(found->chain, expected.chain) << renamed;
    // Root files change with a rotation only; after the certificate's rename either will do.
    EXPECT_TRUE(renamed == 2 || found->roots == expected.roots) << renamed;
  }
}

TEST_F(KeyFilesTest, SaysWhatIsDamaged) {
  KeyFiles const files(folder_ / "certificates");
  auto const mine = identity();
  auto mixed = mine;
  mixed.chain = identity().chain;
  ASSERT_TRUE(files.store(mixed, {}, random_));
  EXPECT_THAT(files.load({}).error().message, testing::HasSubstr("do not belong together"));
  ASSERT_TRUE(files.store(mine, {}, random_));
  std::ofstream(path("swarm-root-ca.crt")) << "rubbish";
  EXPECT_THAT(files.load({}).error().message, testing::HasSubstr("root certificate"));
  ASSERT_TRUE(files.store(mine, {}, random_));
  std::ofstream(path("swarm-node.key")) << std::string(1 << 20, 'A');
  EXPECT_EQ(files.load({}).error().code, ErrorCode::Internal);
  std::ofstream(folder_ / "file") << "x";
  EXPECT_EQ(KeyFiles(folder_ / "file").store(mine, {}, random_).error().code, ErrorCode::Internal);
}

TEST(Sealed, OpensOnlyWithKeyAndPurpose) {
  auto const random = system_random();
  auto const key = make_data_key(random);
  for (std::string const& plain : {std::string{}, std::string("secret"), std::string(70000, 'x')}) {
    auto const sealed = seal(key.bytes, plain, "web", random);
    EXPECT_TRUE(is_sealed(sealed));
    EXPECT_EQ(open_sealed(key.bytes, sealed, "web").value(), plain);
    EXPECT_NE(seal(key.bytes, plain, "web", random), sealed);
    EXPECT_EQ(open_sealed(key.bytes, sealed, "db").error().code, ErrorCode::Unauthorized);
    EXPECT_EQ(open_sealed(make_data_key(random).bytes, sealed, "web").error().code,
              ErrorCode::Unauthorized);
  }
}

TEST(Sealed, NoticesEveryChange) {
  auto const random = system_random();
  auto const key = make_data_key(random);
  auto const sealed = seal(key.bytes, "some secret", "p", random);
  for (std::size_t i = 0; i + 1 < sealed.size(); ++i) {  // The last digit has spare bits.
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_sealed(key.bytes, changed, "p")) << i;
    EXPECT_FALSE(open_sealed(key.bytes, sealed.substr(0, i), "p")) << i;
  }
}

TEST(Sealed, TheUnlockKeyWrapsTheDataKey) {
  auto const random = system_random();
  auto const key = make_data_key(random);
  auto const lock = parse_unlock_key(make_unlock_key(random)).value();
  auto const other = parse_unlock_key(make_unlock_key(random)).value();
  auto const wrapped = wrap_key(key, lock, random);
  EXPECT_EQ(unwrap_key(wrapped, lock)->bytes, key.bytes);
  EXPECT_EQ(unwrap_key(wrapped, other).error().message,
            "swarm could not be unlocked: invalid key provided");
  EXPECT_EQ(unwrap_key("zz", lock).error().code, ErrorCode::InvalidArgument);
  EXPECT_FALSE(unwrap_key(seal(lock.bytes, "short", "data key", random), lock));
}

}  // namespace
}  // namespace swarmward::cluster
