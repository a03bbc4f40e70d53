#include "scheduler/schedule/schedule_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// The clock starts at midnight; the services run at half past each hour.
class ScheduleTest : public ClusterFixture {
 protected:
  ScheduleTest() { add_node("a"); }

  static model::ServiceSpec scheduled(model::StringMap labels = {}) {
    auto wish = spec(0);
    wish.annotations.labels = std::move(labels);
    wish.annotations.labels["ward.schedule"] = "30 * * * *";
    wish.task.restart.emplace().condition = model::RestartCondition::None;
    return wish;
  }
  static model::ServiceSpec scheduled_job() {
    auto wish = scheduled();
    wish.mode = model::ReplicatedJob{1, 1};
    wish.task.restart->condition = model::RestartCondition::OnFailure;
    return wish;
  }
  /// Tasks that ever were.
  [[nodiscard]] std::size_t runs(model::ServiceId const& id) const { return tasks(id).size(); }
  void complete(model::ServiceId const& id) {
    for (auto const& task : wanted(id)) {
      if (!model::is_terminal(task->status.state)) {
        observe(task->id, TaskState::Running);
        observe(task->id, TaskState::Complete);
      }
    }
  }
};

TEST_F(ScheduleTest, RunsWhenItComesDueAndNotBefore) {
  auto const id = create(scheduled());
  EXPECT_EQ(runs(id), 0U);
  EXPECT_EQ(wake_ - clock_.now(),
            minutes(30) - (clock_.now() - std::chrono::floor<hours>(clock_.now())));
  advance(minutes(29));
  EXPECT_EQ(runs(id), 0U);
  advance(minutes(1));
  EXPECT_EQ(runs(id), 1U);
  complete(id);
  advance(minutes(59));
  EXPECT_EQ(runs(id), 1U);
  advance(minutes(1));
  EXPECT_EQ(runs(id), 2U);
}

TEST_F(ScheduleTest, GivesAReplicatedServiceSoManyTasks) {
  auto const id = create(scheduled({{"ward.schedule.replicas", "3"}}));
  advance(minutes(30));
  EXPECT_EQ(wanted(id).size(), 3U);
}

TEST_F(ScheduleTest, AllTasksOfARunStartTogetherHoweverTheLastOneEnded) {
  auto wish = scheduled({{"ward.schedule.replicas", "3"}});
  wish.update.emplace().failure_action = model::FailureAction::Rollback;
  auto const id = create(wish);
  for (unsigned run = 1; run <= 3; ++run) {
    advance(run == 1 ? minutes(30) : minutes(60));
    ASSERT_EQ(runs(id), 3 * run);
    for (auto const& task : wanted(id)) {
      observe(task->id, TaskState::Running);
      observe(task->id, run == 2 ? TaskState::Failed : TaskState::Complete);
    }
    advance(seconds(10));
    EXPECT_EQ(service(id)->spec->task.force_update, run) << "nothing was rolled back";
  }
}

TEST_F(ScheduleTest, AJobBeginsAnIteration) {
  auto const id = create(scheduled_job());
  EXPECT_EQ(runs(id), 1U);  // A job that is created runs.
  complete(id);
  advance(minutes(30));
  EXPECT_EQ(service(id)->job_status->iteration, 1U);
  EXPECT_THAT(wanted(id), ::testing::Contains(::testing::Truly([](auto const& task) {
                return task->job_iteration == 1U && !model::is_terminal(task->status.state);
              })));
}

TEST_F(ScheduleTest, SkipsARunWhileTheLastOneGoesOn) {
  auto const patient = create(scheduled({{"ward.schedule.skip-running", "true"}}));
  advance(minutes(30));
  observe(wanted(patient).at(0)->id, TaskState::Running);
  advance(hours(1));
  EXPECT_EQ(runs(patient), 1U);
  complete(patient);
  advance(minutes(1));
  EXPECT_EQ(runs(patient), 1U);  // What was skipped is not made up for.
  advance(minutes(59));
  EXPECT_EQ(runs(patient), 2U);
}

TEST_F(ScheduleTest, MakesUpForARunThatIsAFewMinutesLate) {
  auto const id = create(scheduled());
  advance(minutes(34));
  EXPECT_EQ(runs(id), 1U);
  complete(id);
  advance(minutes(62));  // 36 past: six minutes late.
  EXPECT_EQ(runs(id), 1U);
  advance(minutes(54));
  EXPECT_EQ(runs(id), 2U);
}

TEST_F(ScheduleTest, KeepsThePreviousSpecForARollback) {
  auto const id = create(scheduled());
  update(id, [](model::ServiceSpec& spec) { spec.task.container->image = "nginx:2"; });
  advance(minutes(30));
  EXPECT_EQ(service(id)->previous_spec->task.container->image, "nginx");
  EXPECT_EQ(service(id)->spec->task.force_update, 1U);
}

TEST_F(ScheduleTest, ForgetsAScheduleThatIsTakenAway) {
  auto const id = create(scheduled());
  update(id, [](model::ServiceSpec& spec) { spec.annotations.labels.clear(); });
  EXPECT_EQ(service(id)->scheduled_at, Time{});
  advance(hours(2));
  EXPECT_EQ(runs(id), 0U);
  EXPECT_EQ(wake_, kNever);
}

}  // namespace
}  // namespace swarmward::scheduler
