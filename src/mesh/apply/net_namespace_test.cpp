#include "mesh/apply/net_namespace.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "mesh/testing/scratch_net.h"

namespace swarmward::mesh {
namespace {

namespace fs = std::filesystem;

/// Which namespace the calling thread is in.
std::string where() {
  return fs::read_symlink("/proc/thread-self/ns/net");
}

class NetNamespaceTest : public ScratchNetTest {
 protected:
  fs::path const path_ = folder() / "netns" / "one";
};

TEST_F(NetNamespaceTest, IsMadeOnceAndFoundAgain) {
  std::string first;
  std::string second;
  {
    auto const made = NetNamespace::make(path_);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(made->run([&]() -> Result<void> {
      first = where();
      return {};
    }));
  }
  auto const again = NetNamespace::make(path_);
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->run([&]() -> Result<void> {
    second = where();
    return {};
  }));
  EXPECT_EQ(first, second);
  EXPECT_NE(first, where());
}

TEST_F(NetNamespaceTest, TheThreadReturnsAlsoAfterAnError) {
  auto const home = where();
  auto const made = NetNamespace::make(path_);
  ASSERT_TRUE(made);
  auto const done = made->run([]() -> Result<void> { return conflict("no"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "no");
  EXPECT_EQ(where(), home);
}

TEST_F(NetNamespaceTest, AFileThatKeepsNothingGetsANewNamespace) {
  fs::create_directories(path_.parent_path());
  std::ofstream(path_) << "";
  EXPECT_FALSE(NetNamespace::open(path_));
  EXPECT_TRUE(NetNamespace::make(path_));
  EXPECT_TRUE(NetNamespace::open(path_));
}

TEST_F(NetNamespaceTest, AFileThatWasUnmountedKeepsTheSameAgain) {
  auto const made = NetNamespace::make(path_);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->keep(path_)) << "it is kept already";
  ASSERT_EQ(umount2(path_.c_str(), MNT_DETACH), 0);
  EXPECT_FALSE(NetNamespace::open(path_));
  EXPECT_TRUE(made->keep(path_));
  fs::path first;
  fs::path second;
  ASSERT_TRUE(made->run([&] {
    first = where();
    return Result<void>();
  }));
  ASSERT_TRUE(NetNamespace::open(path_)->run([&] {
    second = where();
    return Result<void>();
  }));
  EXPECT_EQ(first, second);
  ASSERT_TRUE(NetNamespace::remove(path_));
  EXPECT_TRUE(made->keep(path_)) << "the file is gone, too";
}

TEST_F(NetNamespaceTest, WhatWasKeptAgainGoesFromEveryPlaceThatShowsTheFolder) {
  auto const shown = folder() / "shown";
  fs::create_directories(shown);
  fs::create_directories(path_.parent_path());
  // Mounts of its own, which go with the thread.
  std::thread([&] {
    auto const folder = path_.parent_path();
    ASSERT_EQ(unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    ASSERT_EQ(mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(mount("none", folder.c_str(), nullptr, MS_SHARED, nullptr), 0);
    ASSERT_EQ(mount(folder.c_str(), shown.c_str(), nullptr, MS_BIND, nullptr), 0);
    auto const first = NetNamespace::make(path_);
    ASSERT_TRUE(first);
    // As after a start of the agent: the descriptor is one of the file.
    auto const made = NetNamespace::open(path_);
    ASSERT_TRUE(made);
    ASSERT_EQ(umount2(path_.c_str(), MNT_DETACH), 0);
    ASSERT_TRUE(made->keep(path_));
    ASSERT_TRUE(NetNamespace::open(shown / path_.filename()));
    auto const removed = NetNamespace::remove(path_);
    EXPECT_TRUE(removed) << removed.error().message;
    EXPECT_FALSE(NetNamespace::open(shown / path_.filename()));
  }).join();
}

TEST_F(NetNamespaceTest, RemovingTakesTheFileAndIsFineTwice) {
  ASSERT_TRUE(NetNamespace::make(path_));
  EXPECT_TRUE(NetNamespace::remove(path_));
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_TRUE(NetNamespace::remove(path_));
  auto const gone = NetNamespace::open(path_);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace swarmward::mesh
