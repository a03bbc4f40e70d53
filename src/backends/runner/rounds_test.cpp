#include "backends/runner/rounds.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

namespace swarmward::backends {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

struct Counting final : Rounds::Member {
  Counting(std::vector<int>* all, int number) : calls(all), name(number) {}
  void on_round() override {
    calls->push_back(name);
    if (then) {
      then();
    }
  }
  std::vector<int>* calls;
  int name;
  std::function<void()> then;
};

struct RoundsTest : ::testing::Test {
  std::shared_ptr<Counting> member(int name) { return std::make_shared<Counting>(&calls, name); }
  boost::asio::io_context io;
  std::unique_ptr<Rounds> rounds = std::make_unique<Rounds>(io.get_executor());
  Rounds::SteadyTime const start = Rounds::SteadyTime::clock::now();
  std::vector<int> calls;
};

TEST_F(RoundsTest, CallsInOrderOfTimeAndEndsWhenNobodyWaits) {
  auto const late = member(2);
  auto const early = member(1);
  auto const same = member(3);
  rounds->join(start + milliseconds(4), late);
  rounds->join(start + milliseconds(2), early);
  rounds->join(start + milliseconds(4), same);
  io.run();
  EXPECT_THAT(calls, ElementsAre(1, 2, 3));
  EXPECT_GE(Rounds::SteadyTime::clock::now(), start + milliseconds(4));
}

TEST_F(RoundsTest, PassesOverWhoIsGone) {
  auto const one = member(1);
  auto gone = member(2);
  rounds->join(start, gone);
  rounds->join(start, one);
  gone.reset();
  io.run();
  EXPECT_THAT(calls, ElementsAre(1));
}

TEST_F(RoundsTest, AMemberMayJoinAgainAndMayEndItAll) {
  auto const one = member(1);
  auto const two = member(2);
  one->then = [&] { rounds->join(start + milliseconds(1), two); };
  two->then = [&] { rounds.reset(); };
  rounds->join(start, one);
  rounds->join(start + milliseconds(3600000), one);
  io.run();
  EXPECT_THAT(calls, ElementsAre(1, 2));
}

}  // namespace
}  // namespace swarmward::backends
