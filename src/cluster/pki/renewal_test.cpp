#include "cluster/pki/renewal.h"

#include <gtest/gtest.h>

namespace swarmward::cluster {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Time const kStart{hours(500000)};

RandomBytes always(std::uint8_t byte) {
  return [byte](std::uint8_t* data, std::size_t size) { std::fill_n(data, size, byte); };
}

TEST(Renewal, FallsBetweenHalfAndFourFifths) {
  EXPECT_EQ(plan_renewal(kStart, kStart + hours(100), always(0)), kStart + hours(50));
  auto const latest = plan_renewal(kStart, kStart + hours(100), always(255));
  EXPECT_LT(latest, kStart + hours(80));
  EXPECT_GT(latest, kStart + hours(80) - seconds(2));
  auto const random = system_random();
  for (int i = 0; i < 1000; ++i) {
    auto const at = plan_renewal(kStart, kStart + hours(100), random);
    EXPECT_TRUE(at >= kStart + hours(50) && at < kStart + hours(80));
  }
}

TEST(Renewal, TakesTheStrangestCertificates) {
  EXPECT_EQ(plan_renewal(kStart, kStart - hours(1), always(255)), kStart);
  EXPECT_LT(plan_renewal(Time::min(), Time::max(), always(255)), Time::max());
}

TEST(Renewal, ComesAtOnceWhenToldOrExpired) {
  RenewalState state{kStart + hours(50), kStart + hours(100), false, 0, {}};
  EXPECT_EQ(next_renewal(state, kStart), kStart + hours(50));
  EXPECT_EQ(next_renewal(state, kStart + hours(60)), kStart + hours(60));
  EXPECT_EQ(next_renewal(state, kStart + hours(100)), kStart + hours(100));
  state.told = true;
  EXPECT_EQ(next_renewal(state, kStart), kStart);
}

TEST(Renewal, BacksOffUpToAnHour) {
  EXPECT_EQ(renewal_pause(1), seconds(5));
  EXPECT_EQ(renewal_pause(3), seconds(15));
  EXPECT_EQ(renewal_pause(720), hours(1));
  EXPECT_EQ(renewal_pause(4'000'000'000U), hours(1));
  RenewalState state{kStart, kStart + hours(100), true, 2, kStart};
  EXPECT_EQ(next_renewal(state, kStart + seconds(1)), kStart + seconds(10));
  EXPECT_EQ(next_renewal(state, kStart + seconds(20)), kStart + seconds(20));
  state.last_failure = kStart + hours(5);  // Before the clock was set back.
  EXPECT_EQ(next_renewal(state, kStart), kStart + seconds(10));
}

}  // namespace
}  // namespace swarmward::cluster
