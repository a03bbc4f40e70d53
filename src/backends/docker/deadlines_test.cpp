#include "backends/docker/deadlines.h"

#include <array>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

namespace swarmward::backends {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

class Exchange : public Deadlines::Member {
 public:
  explicit Exchange(Deadlines& deadlines) : deadlines_(deadlines) {}
  Exchange(Exchange const&) = delete;
  Exchange& operator=(Exchange const&) = delete;
  ~Exchange() { deadlines_.clear(*this); }

  void on_deadline() override {
    ++ended;
    at = SteadyClock::now();
    if (again.count() > 0) {
      deadlines_.set(*this, std::exchange(again, milliseconds{0}));
    }
  }

  int ended = 0;
  SteadyClock::time_point at{};
  milliseconds again{0};

 private:
  Deadlines& deadlines_;
};

class DeadlinesTest : public ::testing::Test {
 protected:
  asio::io_context io;
  Deadlines& deadlines = Deadlines::of(io.get_executor());
};

TEST_F(DeadlinesTest, AreSharedByAllOfAContext) {
  EXPECT_EQ(&Deadlines::of(io.get_executor()), &deadlines);
  asio::io_context other;
  EXPECT_NE(&Deadlines::of(other.get_executor()), &deadlines);
}

TEST_F(DeadlinesTest, EndThoseThatAreNotClearedAndNoOthers) {
  std::array<Exchange, 3> each{Exchange(deadlines), Exchange(deadlines), Exchange(deadlines)};
  for (auto& one : each) {
    deadlines.set(one, milliseconds(32));
  }
  deadlines.clear(each[1]);
  io.run();
  EXPECT_EQ(each[0].ended, 1);
  EXPECT_EQ(each[1].ended, 0);
  EXPECT_EQ(each[2].ended, 1);
}

TEST_F(DeadlinesTest, ComeNoMoreThanALittleEarly) {
  Exchange one(deadlines);
  auto const begun = SteadyClock::now();
  deadlines.set(one, milliseconds(64));
  io.run();
  EXPECT_GE(one.at - begun, milliseconds(62));
}

TEST_F(DeadlinesTest, ComeInTheirOrderWhateverTheyWereSetIn) {
  Exchange late(deadlines);
  Exchange soon(deadlines);
  deadlines.set(late, milliseconds(40));
  deadlines.set(soon, milliseconds(10));
  io.run();
  EXPECT_EQ(late.ended, 1);
  EXPECT_LT(soon.at, late.at);
}

TEST_F(DeadlinesTest, AreReplacedByLaterOnes) {
  Exchange one(deadlines);
  auto const begun = SteadyClock::now();
  deadlines.set(one, milliseconds(1));
  deadlines.set(one, milliseconds(32));
  io.run();
  EXPECT_EQ(one.ended, 1);
  EXPECT_GE(one.at - begun, milliseconds(31));
}

TEST_F(DeadlinesTest, MayBeSetAnewByWhomTheyEnd) {
  Exchange one(deadlines);
  one.again = milliseconds(3);
  deadlines.set(one, milliseconds(3));
  io.run();
  EXPECT_EQ(one.ended, 2);
}

/// An hour is not waited for.
TEST_F(DeadlinesTest, KeepNothingRunningOnceAllAreCleared) {
  Exchange one(deadlines);
  {
    Exchange gone(deadlines);
    deadlines.set(one, std::chrono::hours(1));
    deadlines.set(gone, std::chrono::hours(2));
    deadlines.clear(one);
  }
  io.run();
  deadlines.set(one, milliseconds(1));
  io.restart();
  io.run();
  EXPECT_EQ(one.ended, 1);
}

}  // namespace
}  // namespace swarmward::backends
