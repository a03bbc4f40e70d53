#include "backends/runner/gate.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

namespace swarmward::backends {
namespace {

using ::testing::ElementsAre;

class GateTest : public ::testing::Test {
 protected:
  /// Its place is kept in `inside_`.
  void join(std::string name) {
    gate_.enter([this, name = std::move(name)](Gate::Lease place) {
      order_.push_back(name);
      inside_.push_back(std::move(place));
    });
  }
  void join_and_leave(std::string name) {
    gate_.enter([this, name = std::move(name)](Gate::Lease const&) { order_.push_back(name); });
  }
  static boost::asio::awaitable<void> wait(GateTest* test, std::string name) {
    auto place = co_await test->gate_.enter();
    test->order_.push_back(std::move(name));
    test->inside_.push_back(std::move(place));
  }
  void spawn(std::string name) {
    boost::asio::co_spawn(io_, wait(this, std::move(name)), boost::asio::detached);
    run();
  }
  void leave_first() {
    auto const place = std::move(inside_.front());
    inside_.erase(inside_.begin());
  }
  void leave_all() { std::exchange(inside_, {}).clear(); }
  void run() {
    io_.restart();
    io_.poll();
  }

  boost::asio::io_context io_;
  Gate gate_{2};
  std::vector<std::string> order_;
  std::vector<Gate::Lease> inside_;
};

TEST_F(GateTest, LetsInAsManyAsItMayAndTheOthersInTheirOrder) {
  join("a");
  spawn("b");
  spawn("c");
  join("d");
  EXPECT_FALSE(gate_.try_enter());
  EXPECT_THAT(order_, ElementsAre("a", "b"));
  leave_first();
  run();
  EXPECT_THAT(order_, ElementsAre("a", "b", "c"));
  leave_first();
  EXPECT_THAT(order_, ElementsAre("a", "b", "c", "d"));
  leave_all();
  EXPECT_TRUE(gate_.try_enter());
}

TEST_F(GateTest, NobodyOvertakesWhoIsAdmitted) {
  join("a");
  join("b");
  spawn("c");
  leave_all();  // c is in, but has not run again.
  auto const second = gate_.try_enter();
  EXPECT_TRUE(second);
  EXPECT_FALSE(gate_.try_enter());
  run();
  EXPECT_THAT(order_, ElementsAre("a", "b", "c"));
}

/// Each of them gives its place on from inside the call: they are many.
TEST_F(GateTest, PassesOnWhatNobodyNeedsAnyMore) {
  join("a");
  join("b");
  constexpr std::size_t kMany = 200'000;
  for (std::size_t i = 0; i < kMany; ++i) {
    join_and_leave("x");
  }
  join("z");
  leave_all();
  EXPECT_EQ(order_.size(), kMany + 3);
  EXPECT_EQ(order_.back(), "z");
}

TEST_F(GateTest, AWiderOneLetsInMore) {
  join("a");
  join("b");
  join("c");
  spawn("d");
  gate_.set_limit(4);
  run();
  EXPECT_THAT(order_, ElementsAre("a", "b", "c", "d"));
}

}  // namespace
}  // namespace swarmward::backends
