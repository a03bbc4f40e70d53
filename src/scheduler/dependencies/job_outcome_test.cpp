#include "scheduler/dependencies/job_outcome.h"

#include <gmock/gmock.h>

#include "scheduler/testing/job_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::seconds;

class JobOutcomeTest : public JobFixture {
 protected:
  [[nodiscard]] JobOutcome outcome(model::ServiceId const& id) const {
    auto const& head = store_.head();
    return job_outcome(
        {head.find_service(id).get(), tasks_of(head, id), &head.nodes, clock_.now(), &head});
  }
};

TEST_F(JobOutcomeTest, AllCompletionsAreNeeded) {
  auto const job = create(job_spec(2));
  EXPECT_EQ(outcome(job), JobOutcome::Going);
  for (auto const& task : wanted(job)) {
    EXPECT_EQ(outcome(job), JobOutcome::Going);
    observe(task->id, TaskState::Complete);
  }
  EXPECT_EQ(outcome(job), JobOutcome::Completed);
  update(job, [](auto& changed) { changed.task.force_update = 1; });
  EXPECT_EQ(outcome(job), JobOutcome::Going) << "another iteration";
  end(job, TaskState::Failed);
  EXPECT_EQ(outcome(job), JobOutcome::Failed);
}

TEST_F(JobOutcomeTest, AFailureThatIsTriedAgainIsNone) {
  auto wish = job_spec();
  wish.task.restart = model::RestartPolicy{model::RestartCondition::OnFailure, seconds(1), 1, {}};
  auto const job = create(wish);
  end(job, TaskState::Failed);
  EXPECT_EQ(outcome(job), JobOutcome::Going);
  advance(seconds(2));
  end(job, TaskState::Failed);
  EXPECT_EQ(outcome(job), JobOutcome::Failed) << "its one attempt is used up";
}

TEST_F(JobOutcomeTest, OneNodeFailsAGlobalJob) {
  add_node("b");
  auto wish = job_spec();
  wish.mode = model::GlobalJob{};
  auto const job = create(wish);
  auto const both = wanted(job);
  ASSERT_EQ(both.size(), 2U);
  observe(both[0]->id, TaskState::Complete);
  EXPECT_EQ(outcome(job), JobOutcome::Going);
  observe(both[1]->id, TaskState::Failed);
  EXPECT_EQ(outcome(job), JobOutcome::Failed);
}

}  // namespace
}  // namespace swarmward::scheduler
