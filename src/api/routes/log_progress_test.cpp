#include "api/routes/log_progress.h"

#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

Time const kNow{std::chrono::seconds(1'700'000'000)};

std::string at(std::chrono::milliseconds offset) {
  return format_time(kNow + offset);
}

backends::LogQuery wanted(std::string tail, std::string since = {}) {
  backends::LogQuery query;
  query.tail = std::move(tail);
  query.since = std::move(since);
  return query;
}

TEST(LogProgress, AsksForWhatTheClientWantsUntilSomethingWasSent) {
  LogProgress progress;
  EXPECT_EQ(progress.next(wanted("5", "7")).tail, "5");
  EXPECT_EQ(progress.next(wanted("5", "7")).since, "7");
  progress.begin(kNow);
  EXPECT_EQ(progress.next(wanted("all", "7")).since, "7") << "nothing was sent, so all is new";
}

TEST(LogProgress, AfterASilentBeginningOnlyWhatIsNewerCounts) {
  LogProgress progress;
  progress.begin(kNow);
  progress.begin(kNow + std::chrono::hours(1));
  auto const query = progress.next(wanted("0"));
  EXPECT_EQ(query.tail, "all");
  EXPECT_EQ(query.since, "1700000000.000000000");
}

TEST(LogProgress, GivesEachLineOnce) {
  LogProgress progress;
  progress.begin(kNow);
  for (auto const ms : {0, 5000, 5900, 5900, 5500}) {
    EXPECT_TRUE(progress.take(at(std::chrono::milliseconds(ms))));
  }
  EXPECT_EQ(progress.next(wanted("3")).tail, "all");
  EXPECT_EQ(progress.next(wanted("3")).since, "1700000004.900000000");
  progress.begin(kNow);
  for (auto const ms : {5000, 5900, 5900, 5500}) {
    EXPECT_FALSE(progress.take(at(std::chrono::milliseconds(ms)))) << ms;
  }
  EXPECT_TRUE(progress.take(at(std::chrono::milliseconds(5900)))) << "a third one of that time";
  EXPECT_TRUE(progress.take(at(std::chrono::milliseconds(5600)))) << "written late";
  progress.begin(kNow);
  EXPECT_FALSE(progress.take(at(std::chrono::milliseconds(5600)))) << "but only once";
}

TEST(LogProgress, NothingBeforeTheFirstLineIsAskedFor) {
  LogProgress progress;
  progress.begin(kNow);
  EXPECT_TRUE(progress.take(at(std::chrono::milliseconds(500))));
  EXPECT_TRUE(progress.take(at(std::chrono::milliseconds(900))));
  EXPECT_EQ(progress.next(wanted("2")).since, "1700000000.500000000");
}

TEST(LogProgress, WhatIsForgottenIsNotAskedForEither) {
  LogProgress progress;
  progress.begin(kNow);
  constexpr int kMany = 40000;
  auto const line = [](int number) { return format_time(kNow + Duration(number)); };
  for (int number = 1; number <= kMany; ++number) {
    ASSERT_TRUE(progress.take(line(number)));
  }
  auto const since = progress.next(wanted("all")).since;
  auto const first = std::stoi(since.substr(since.find('.') + 1));
  EXPECT_GT(first, 1);
  EXPECT_LT(first, kMany);
  progress.begin(kNow);
  for (int number = first; number <= kMany; ++number) {
    ASSERT_FALSE(progress.take(line(number))) << number;
  }
  EXPECT_TRUE(progress.take(line(kMany + 1)));
}

TEST(LogProgress, WhatHasNoTimeIsAlwaysGiven) {
  LogProgress progress;
  progress.begin(kNow);
  EXPECT_TRUE(progress.take("yesterday"));
  progress.begin(kNow);
  EXPECT_TRUE(progress.take("yesterday"));
}

}  // namespace
}  // namespace swarmward::api
