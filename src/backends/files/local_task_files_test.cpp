// Against this machine's kernel: a tmpfs is mounted where there is none, which takes root.
#include "backends/files/local_task_files.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace swarmward::backends {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

model::TaskId const kTask("t1");

bool is_tmpfs(fs::path const& path) {
  struct statfs found {};
  return ::statfs(path.c_str(), &found) == 0 && found.f_type == TMPFS_MAGIC;
}

std::string text_of_file(fs::path const& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

model::TaskFile a_file(std::string content) {
  model::TaskFile file;
  file.id = "s1";
  file.target = "/run/secrets/../../etc/passwd";
  file.content = std::move(content);
  return file;
}

class LocalTaskFilesTest : public ::testing::Test {
 protected:
  LocalTaskFilesTest() {
    std::string name = (fs::temp_directory_path() / "task-files-XXXXXX").string();
    root = ::mkdtemp(name.data());
    folder = root / "files" / "node1";
  }
  ~LocalTaskFilesTest() override {
    ::umount2(folder.c_str(), MNT_DETACH);
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "needs root";
    }
    if (is_tmpfs(root)) {
      on_disk = false;
    }
  }

  fs::path root;
  fs::path folder;
  bool on_disk = true;  ///< Where the test's files lie.
};

TEST_F(LocalTaskFilesTest, LaysAFileDownInMemoryWithOwnerAndMode) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  auto file = a_file("open sesame");
  file.uid = 1000;
  file.gid = 2000;
  file.mode = 0440;
  auto const path = files.put_one(kTask, 0, file);
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*path, (folder / "t1" / "0").string());
  EXPECT_EQ(text_of_file(*path), "open sesame");
  struct stat seen {};
  ASSERT_EQ(::stat(path->c_str(), &seen), 0);
  EXPECT_EQ(seen.st_uid, 1000U);
  EXPECT_EQ(seen.st_gid, 2000U);
  EXPECT_EQ(seen.st_mode & 07777U, 0440U);
  EXPECT_TRUE(is_tmpfs(*path));
  for (auto const& each : {folder.parent_path(), folder, folder / "t1"}) {
    ASSERT_EQ(::stat(each.c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 07777U, 0700U) << each;
  }
}

TEST_F(LocalTaskFilesTest, ModesAreExactWhateverTheUmask) {
  auto const before = ::umask(0777);
  LocalTaskFiles files(folder, Mounting::Allowed);
  auto file = a_file("x");
  file.mode = 06755;
  auto const path = files.put_one(kTask, 0, file);
  ::umask(before);
  ASSERT_TRUE(path) << path.error().message;
  struct stat seen {};
  ASSERT_EQ(::stat(path->c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777U, 06755U);
}

TEST_F(LocalTaskFilesTest, ASecondTimeChangesNothingAndARepairIsWhole) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  auto const file = a_file("open sesame");
  auto const path = files.put_one(kTask, 0, file);
  ASSERT_TRUE(path) << path.error().message;
  struct stat first {};
  struct stat second {};
  ASSERT_EQ(::stat(path->c_str(), &first), 0);
  ASSERT_TRUE(files.put_one(kTask, 0, file));
  ASSERT_EQ(::stat(path->c_str(), &second), 0);
  EXPECT_EQ(first.st_ino, second.st_ino);

  std::ofstream(*path) << "open";  // As if it had been half written.
  std::ofstream(*path + ".new") << "left by somebody who was killed";
  ASSERT_TRUE(files.put_one(kTask, 0, file));
  EXPECT_EQ(text_of_file(*path), "open sesame");
  EXPECT_FALSE(fs::exists(*path + ".new"));
}

TEST_F(LocalTaskFilesTest, FollowsNoLinks) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  ASSERT_TRUE(files.put_one(kTask, 0, a_file("x")));
  auto const victim = root / "victim";
  std::ofstream(victim) << "untouched";
  fs::create_symlink(victim, folder / "t1" / "1");
  ASSERT_TRUE(files.put_one(kTask, 1, a_file("mine")));
  EXPECT_EQ(text_of_file(victim), "untouched");
  EXPECT_FALSE(fs::is_symlink(folder / "t1" / "1"));

  fs::create_directory_symlink(root, folder / "t2");
  auto const refused = files.put_one(model::TaskId("t2"), 0, a_file("mine"));
  EXPECT_FALSE(refused);
  EXPECT_FALSE(fs::exists(root / "0"));
}

TEST_F(LocalTaskFilesTest, RefusesIdsThatMeanSomethingInAPath) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  for (auto const* id : {"", "..", "a/b", ".", "A"}) {
    EXPECT_FALSE(files.put_one(model::TaskId(id), 0, a_file("open sesame"))) << id;
    EXPECT_FALSE(files.remove_now(model::TaskId(id))) << id;
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(LocalTaskFilesTest, RemovesWhatItIsToldAndNoMore) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  for (auto const* id : {"t1", "t2", "t3"}) {
    ASSERT_TRUE(files.put_one(model::TaskId(id), 0, a_file(id)));
  }
  EXPECT_TRUE(files.remove_now(kTask));
  EXPECT_TRUE(files.remove_now(kTask));
  EXPECT_FALSE(fs::exists(folder / "t1"));
  EXPECT_TRUE(files.keep_only_now({model::TaskId("t3")}));
  EXPECT_FALSE(fs::exists(folder / "t2"));
  EXPECT_EQ(text_of_file(folder / "t3" / "0"), "t3");
}

TEST_F(LocalTaskFilesTest, KeepingNoneLeavesNothingAndNoMount) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  EXPECT_TRUE(files.keep_only_now({}));
  ASSERT_TRUE(files.put_one(kTask, 0, a_file("x")));
  EXPECT_TRUE(files.keep_only_now({}));
  EXPECT_FALSE(fs::exists(folder));
  ASSERT_TRUE(files.put_one(kTask, 0, a_file("again")));
  EXPECT_EQ(text_of_file(folder / "t1" / "0"), "again");
}

TEST_F(LocalTaskFilesTest, WhereNoMountIsAllowedNothingComesToADisk) {
  if (!on_disk) {
    GTEST_SKIP() << "the folder for temporary files is a tmpfs";
  }
  LocalTaskFiles files(folder, Mounting::Forbidden);
  auto const refused = files.put_one(kTask, 0, a_file("open sesame"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("mount a tmpfs"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("sesame")));
  EXPECT_FALSE(fs::exists(folder / "t1"));
}

TEST_F(LocalTaskFilesTest, ErrorsShowNoContent) {
  LocalTaskFiles files(folder, Mounting::Allowed);
  ASSERT_TRUE(files.put_one(kTask, 0, a_file("x")));
  fs::create_directory(folder / "t1" / "1.new");
  auto const failed = files.put_one(kTask, 1, a_file("open sesame"));
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, Not(HasSubstr("sesame")));
}

}  // namespace
}  // namespace swarmward::backends
