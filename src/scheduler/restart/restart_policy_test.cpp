#include "scheduler/restart/restart_policy.h"

#include <gmock/gmock.h>

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kStart{std::chrono::hours(24 * 365 * 50)};

model::Task ended(TaskState state, Duration lasted, model::RestartPolicy policy = {}) {
  auto spec = std::make_shared<model::TaskSpec>();
  spec->restart = policy;
  model::Task task;
  task.id = model::TaskId("0123456789abcdefghijklmno");
  task.spec = std::move(spec);
  task.running_since = lasted == Duration::zero() ? Time{} : kStart;
  task.status.state = state;
  task.status.timestamp = kStart + lasted;
  return task;
}

model::Task failed_before(std::uint8_t times, Duration lasted, model::RestartPolicy policy = {}) {
  auto task = ended(TaskState::Failed, lasted, policy);
  task.failures_before = times;
  return task;
}

TEST(RestartDelay, TheFirstFailureHasThePlainDelay) {
  EXPECT_EQ(restart_delay(failed_before(0, seconds(1)), Backoff::Growing), seconds(5));
  model::RestartPolicy const two{{}, seconds(2), {}, {}};
  EXPECT_EQ(restart_delay(failed_before(0, {}, two), Backoff::Growing), seconds(2));
}

TEST(RestartDelay, GrowsWithAJitterOfATenthAndACap) {
  for (auto const& [failures, least] : {std::pair(1, 10), std::pair(2, 20), std::pair(5, 160)}) {
    auto const delay = restart_delay(failed_before(static_cast<std::uint8_t>(failures), seconds(1)),
                                     Backoff::Growing);
    EXPECT_GE(delay, seconds(least));
    EXPECT_LE(delay, seconds(least) * 11 / 10);
  }
  auto const most = restart_delay(failed_before(100, seconds(1)), Backoff::Growing);
  EXPECT_GE(most, minutes(5));
  EXPECT_LE(most, seconds(330));
  EXPECT_EQ(restart_delay(failed_before(9, seconds(1)), Backoff::Fixed), seconds(5));
}

TEST(RestartDelay, ALongDelayIsNeverCutShort) {
  model::RestartPolicy const long_one{{}, minutes(20), {}, {}};
  EXPECT_GE(restart_delay(failed_before(3, seconds(1), long_one), Backoff::Growing), minutes(20));
}

TEST(RestartDelay, ZeroStaysZeroForWhatRan) {
  model::RestartPolicy const none{{}, Duration(0), {}, {}};
  EXPECT_EQ(restart_delay(failed_before(7, milliseconds(3), none), Backoff::Growing), seconds(0));
  EXPECT_EQ(restart_delay(failed_before(0, {}, none), Backoff::Growing), milliseconds(500));
  EXPECT_GE(restart_delay(failed_before(3, {}, none), Backoff::Growing), seconds(4));
}

TEST(FailuresAfter, CountsQuickFailuresInARowOnly) {
  EXPECT_EQ(failures_after(failed_before(2, seconds(49))), 3U);
  EXPECT_EQ(failures_after(failed_before(2, {})), 3U);
  EXPECT_EQ(failures_after(failed_before(2, seconds(50))), 0U);
  EXPECT_EQ(failures_after(failed_before(2, minutes(6), {{}, minutes(2), {}, {}})), 0U);
  EXPECT_EQ(failures_after(ended(TaskState::Complete, seconds(1))), 0U);
}

TEST(ShouldRestart, FollowsTheCondition) {
  using enum model::RestartCondition;
  EXPECT_TRUE(should_restart(ended(TaskState::Complete, seconds(1), {Any, {}, {}, {}})));
  EXPECT_FALSE(should_restart(ended(TaskState::Complete, seconds(1), {OnFailure, {}, {}, {}})));
  EXPECT_TRUE(should_restart(ended(TaskState::Rejected, {}, {OnFailure, {}, {}, {}})));
  EXPECT_FALSE(should_restart(ended(TaskState::Failed, seconds(1), {None, {}, {}, {}})));
  auto job = ended(TaskState::Complete, seconds(1), {Any, {}, {}, {}});
  job.job_iteration = 0;
  EXPECT_FALSE(should_restart(job));
}

TEST(ShouldRestart, AWindowForgetsOldAttempts) {
  using enum model::RestartCondition;
  auto task = ended(TaskState::Failed, seconds(10), {Any, {}, 2, seconds(20)});
  auto const at = task.status.timestamp;
  task.restarts = {at - seconds(19), at - seconds(1)};
  EXPECT_FALSE(should_restart(task));
  task.restarts = {at - seconds(20), at - seconds(1)};
  EXPECT_TRUE(should_restart(task)) << "the edge of the window is outside";
  task.restarts = {at, at - seconds(1)};
  EXPECT_TRUE(should_restart(task)) << "what came after its end does not count";
}

TEST(RestartHistory, IsKeptOnlyAsFarAsItDecides) {
  EXPECT_TRUE(restart_history(ended(TaskState::Failed, seconds(1)), kStart).empty());
  auto task = ended(TaskState::Failed, seconds(1), {{}, {}, 2, {}});
  task.restarts = {kStart, kStart + seconds(1)};
  EXPECT_THAT(restart_history(task, kStart + seconds(2)),
              testing::ElementsAre(kStart + seconds(1), kStart + seconds(2)));
}

}  // namespace
}  // namespace swarmward::scheduler
