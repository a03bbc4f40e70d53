#include "mesh/apply/run_apart.h"

#include <array>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mesh/apply/nft.h"
#include "mesh/testing/asker.h"
#include "mesh/testing/scratch_net.h"

namespace swarmward::mesh {
namespace {

/// So many descriptors are open that the next one is beyond what select(2) can take.
class RunApartTest : public ScratchNetTest {
 protected:
  void SetUp() override {
    ScratchNetTest::SetUp();
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    constexpr rlim_t kMany = 1100;
    if (limit.rlim_cur < kMany + 100) {
      limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, kMany + 100);
      setrlimit(RLIMIT_NOFILE, &limit);
    }
    for (rlim_t i = 0; i < kMany; ++i) {
      files_.push_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    ASSERT_GE(files_.back(), 1024);
  }
  void TearDown() override {
    for (int const file : files_) {
      close(file);
    }
    ScratchNetTest::TearDown();
  }

  std::vector<int> files_;
};

TEST_F(RunApartTest, TheWorkHasLowDescriptorsAndLeavesOursAlone) {
  auto const net = NetNamespace::current().value();
  int opened = -1;
  auto const done = run_apart(net, [&]() -> Result<void> {
    opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return {};
  });
  ASSERT_TRUE(done);
  EXPECT_LT(opened, 16);
  EXPECT_NE(fcntl(files_.back(), F_GETFD), -1);
  EXPECT_FALSE(run_apart(net, [] { return Result<void>(unavailable("no")); }));
}

TEST_F(RunApartTest, WhatIsClosedWithTheThreadIsClosed) {
  std::array<int, 2> low{};
  ASSERT_EQ(pipe(low.data()), 0);
  auto const name = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(low[1]);
  auto const done = run_apart(NetNamespace::current().value(), [&]() -> Result<void> {
    int const end = open(name.c_str(), O_WRONLY | O_CLOEXEC);
    close_with_thread();
    close(end);
    return end < 0 ? Result<void>(unavailable("no end")) : Result<void>();
  });
  ASSERT_TRUE(done);
  close(low[1]);
  char ignored = 0;
  EXPECT_EQ(read(low[0], &ignored, 1), 0) << "its other end is open for ever";
  close(low[0]);
}

TEST_F(RunApartTest, RulesAreWrittenHoweverManyDescriptorsThereAre) {
  auto const net = NetNamespace::current().value();
  auto const applied = apply_rules(net, {"add table ip ward_test\n"});
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_TRUE(list_table_json(net, "ip ward_test"));
}

}  // namespace
}  // namespace swarmward::mesh
