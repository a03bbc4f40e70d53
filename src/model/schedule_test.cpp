#include "model/schedule.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

/// The times that follow, as text.
std::string next(std::string_view line, std::string_view after, int count = 1) {
  auto const schedule = Schedule::parse(line);
  if (!schedule) {
    return "unreadable";
  }
  auto time = *parse_time(after);
  for (int i = 0; i < count; ++i) {
    auto const found = schedule->next(time);
    if (!found) {
      return "never";
    }
    time = *found;
  }
  return format_time(time);
}

TEST(Schedule, FindsTheNextTime) {
  EXPECT_EQ(next("* * * * *", "2026-01-31T23:59:30.5Z"), "2026-02-01T00:00:00Z");
  EXPECT_EQ(next("0 3 * * *", "2026-06-01T03:00:00Z"), "2026-06-02T03:00:00Z");
  EXPECT_EQ(next("0 3 * * *", "2026-06-01T02:59:59.999Z"), "2026-06-01T03:00:00Z");
  EXPECT_EQ(next("*/15 9-17 * * mon-fri", "2026-11-20T17:50:00Z"), "2026-11-23T09:00:00Z");
  EXPECT_EQ(next("5/20 * * * *", "2026-11-20T17:06:00Z", 2), "2026-11-20T17:45:00Z");
  EXPECT_EQ(next("0 0 1,15 * *", "2026-11-02T00:00:00Z"), "2026-11-15T00:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2026-11-02T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 * JAN 7", "2026-11-02T00:00:00Z"), "2027-01-03T00:00:00Z");
}

TEST(Schedule, TakesEitherDayWhereBothAreGiven) {
  EXPECT_EQ(next("0 0 13 * fri", "2026-11-07T00:00:00Z"), "2026-11-13T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * fri", "2026-11-07T00:00:00Z", 2), "2026-11-20T00:00:00Z");
  EXPECT_EQ(next("0 0 */2 * fri", "2026-11-07T00:00:00Z"), "2026-11-13T00:00:00Z");
}

TEST(Schedule, KnowsSecondsNicknamesAndIntervals) {
  EXPECT_EQ(next("*/10 * * * * *", "2026-11-20T17:06:41Z"), "2026-11-20T17:06:50Z");
  EXPECT_EQ(next("@hourly", "2026-11-20T17:06:41Z"), "2026-11-20T18:00:00Z");
  EXPECT_EQ(next("@yearly", "2026-11-20T17:06:41Z"), "2027-01-01T00:00:00Z");
  EXPECT_EQ(next("@weekly", "2026-11-20T17:06:41Z"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(next("@every 90s", "2026-11-20T17:06:41.7Z"), "2026-11-20T17:08:11Z");
}

TEST(Schedule, NeverComes) {
  EXPECT_EQ(next("0 0 30 2 *", "2026-11-20T17:06:41Z"), "never");
}

TEST(Schedule, RefusesWhatItCannotRead) {
  for (auto const* line : {"",
                           "* * * *",
                           "* * * * * * *",
                           "60 * * * *",
                           "* 24 * * *",
                           "* * 0 * *",
                           "* * * 13 *",
                           "* * * * 8",
                           "5-1 * * * *",
                           "*/0 * * * *",
                           "a * * * *",
                           "1, * * * *",
                           "-1 * * * *",
                           "1-2-3 * * * *",
                           "* * * foo *",
                           "@never",
                           "@every",
                           "@every 1ms",
                           "@every x",
                           "@every 9000h",
                           "99999999999 * * * *"}) {
    EXPECT_EQ(next(line, "2026-11-20T17:06:41Z"), "unreadable") << line;
  }
}

TEST(ScheduledRun, ReadsOurLabelsAndThoseOfSwarmCronjob) {
  EXPECT_FALSE(scheduled_run({}));
  EXPECT_FALSE(scheduled_run({{"ward.schedule", "whenever"}}));
  EXPECT_FALSE(scheduled_run({{"swarm.cronjob.schedule", "* * * * *"}}));
  auto const ours = scheduled_run({{"ward.schedule", "@daily"}});
  ASSERT_TRUE(ours);
  EXPECT_FALSE(ours->skip_running);
  EXPECT_EQ(ours->replicas, 1U);
  auto const theirs = scheduled_run({{"swarm.cronjob.enable", "true"},
                                     {"swarm.cronjob.schedule", "0/5 * * * *"},
                                     {"swarm.cronjob.skip-running", "true"},
                                     {"swarm.cronjob.replicas", "3"}});
  ASSERT_TRUE(theirs);
  EXPECT_TRUE(theirs->skip_running);
  EXPECT_EQ(theirs->replicas, 3U);
}

}  // namespace
}  // namespace swarmward::model
