#include "scheduler/dependencies/pre_deploy.h"

#include <gmock/gmock.h>

#include "scheduler/testing/job_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::FailureAction;
using model::TaskState;
using model::UpdateState;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::StartsWith;

class PreDeployTest : public JobFixture {};

TEST_F(PreDeployTest, AnUpdateRunsTheJobItselfAndWaitsForIt) {
  settle_both();
  deploy_image("nginx:2");
  EXPECT_EQ(state(web_), UpdateState::Updating);
  EXPECT_EQ(message(web_), "waiting for job migrate");
  advance(seconds(9));
  EXPECT_EQ(iteration(job_), 0U) << "somebody else may run it";
  advance(seconds(1));
  EXPECT_EQ(iteration(job_), 1U);
  advance(minutes(20));
  EXPECT_EQ(iteration(job_), 1U) << "once is enough";
  EXPECT_EQ(new_ones(web_), 0U);
  EXPECT_EQ(message(web_), "waiting for job migrate");
  end(job_);
  EXPECT_EQ(new_ones(web_), 2U);
  EXPECT_EQ(message(web_), "update in progress");
  run_out();
  EXPECT_EQ(state(web_), UpdateState::Completed);
  EXPECT_EQ(iteration(job_), 1U);
}

TEST_F(PreDeployTest, ARunOfTheSameDeploymentCounts) {
  settle_both();
  rerun_job();
  advance(seconds(20));
  deploy_image("nginx:2");
  EXPECT_EQ(message(web_), "waiting for job migrate");
  advance(seconds(30));
  EXPECT_EQ(iteration(job_), 1U);
  end(job_);
  EXPECT_EQ(new_ones(web_), 2U);
}

TEST_F(PreDeployTest, ARunThatIsOverAlreadyCountsToo) {
  settle_both();
  rerun_job();
  end(job_);
  advance(seconds(5));
  deploy_image("nginx:2");
  EXPECT_EQ(message(web_), "update in progress");
  EXPECT_EQ(new_ones(web_), 2U);
}

TEST_F(PreDeployTest, ARunThatComesAfterTheUpdateCounts) {
  settle_both();
  deploy_image("nginx:2");
  advance(seconds(3));
  rerun_job();
  advance(seconds(30));
  EXPECT_EQ(iteration(job_), 1U);
  EXPECT_EQ(new_ones(web_), 0U);
  end(job_);
  EXPECT_EQ(new_ones(web_), 2U);
}

TEST_F(PreDeployTest, TheRunOfTheDeploymentBeforeDoesNotCount) {
  settle_both();
  rerun_job();
  end(job_);
  deploy_image("nginx:2");
  run_out();
  ASSERT_EQ(state(web_), UpdateState::Completed);
  rerun_job();
  end(job_);
  deploy_image("nginx:3");
  obey();
  advance(seconds(20));
  deploy_image("nginx:4");
  EXPECT_EQ(message(web_), "waiting for job migrate") << "its last run was for nginx:3";
  advance(seconds(10));
  EXPECT_EQ(iteration(job_), 3U);
}

TEST_F(PreDeployTest, AFailureOfTheJobPausesTheUpdate) {
  for (auto const action : {FailureAction::Pause, FailureAction::Continue}) {
    settle_both(2, action);
    deploy_image("nginx:2");
    advance(seconds(10));
    end(job_, TaskState::Failed);
    EXPECT_EQ(state(web_), UpdateState::Paused);
    EXPECT_EQ(message(web_), "update paused due to failure of job migrate");
    run_out();
    EXPECT_EQ(of_image(web_, "nginx").size(), 2U);
    remove(web_);
    remove(job_);
    obey();
  }
}

TEST_F(PreDeployTest, AFailureOfARunOfTheSameDeploymentCounts) {
  settle_both();
  rerun_job();
  advance(seconds(2));
  deploy_image("nginx:2");
  end(job_, TaskState::Failed);
  EXPECT_EQ(state(web_), UpdateState::Paused);
  EXPECT_EQ(iteration(job_), 1U) << "it is not tried a second time";
}

TEST_F(PreDeployTest, AnUpdateAfterTheFailureStartsAnew) {
  settle_both();
  deploy_image("nginx:2");
  advance(seconds(10));
  end(job_, TaskState::Failed);
  deploy_image("nginx:3");
  EXPECT_EQ(message(web_), "waiting for job migrate") << "what failed may be what this one mends";
  advance(seconds(10));
  EXPECT_EQ(iteration(job_), 2U);
  end(job_);
  run_out();
  EXPECT_EQ(state(web_), UpdateState::Completed);
  EXPECT_EQ(of_image(web_, "nginx:3").size(), 2U);
}

TEST_F(PreDeployTest, AFailureOfTheJobRollsBackIfThatIsAskedFor) {
  settle_both(2, FailureAction::Rollback);
  auto const before = wanted(web_);
  deploy_image("nginx:2");
  advance(seconds(10));
  end(job_, TaskState::Failed);
  EXPECT_EQ(service(web_)->spec->task.container->image, "nginx");
  EXPECT_EQ(state(web_), UpdateState::RollbackCompleted);
  EXPECT_EQ(wanted(web_).size(), before.size());
  EXPECT_EQ(wanted(web_)[0]->id, before[0]->id);
}

TEST_F(PreDeployTest, ARollbackWaitsForNobody) {
  settle_both();
  rerun_job();
  end(job_);
  deploy_image("nginx:2");
  run_out();
  ASSERT_EQ(new_ones(web_), 2U);
  advance(minutes(10));
  roll_back(web_);
  EXPECT_EQ(of_image(web_, "nginx").size(), 1U) << "it begins at once";
  run_out();
  EXPECT_EQ(state(web_), UpdateState::RollbackCompleted);
  EXPECT_EQ(of_image(web_, "nginx").size(), 2U);
  EXPECT_EQ(iteration(job_), 1U);
}

TEST_F(PreDeployTest, AnUpdateThatWaitsCanBeRolledBack) {
  settle_both();
  auto const before = wanted(web_)[0]->id;
  deploy_image("nginx:2");
  advance(seconds(5));
  roll_back(web_);
  EXPECT_EQ(state(web_), UpdateState::RollbackCompleted);
  EXPECT_EQ(wanted(web_)[0]->id, before);
  advance(minutes(1));
  EXPECT_EQ(iteration(job_), 0U);
}

TEST_F(PreDeployTest, AJobThatDoesNotExistPausesTheUpdateUnlessItComes) {
  web_ = create(updatable(1, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web_, [](auto& changed) {
    changed.annotations.labels["ward.pre-deploy"] = "migrate";
    new_image(changed);
  });
  EXPECT_EQ(message(web_), "waiting for job migrate");
  advance(seconds(10));
  EXPECT_EQ(state(web_), UpdateState::Paused);
  EXPECT_THAT(message(web_),
              StartsWith("update paused: the label ward.pre-deploy names migrate, and there is no "
                         "such service; create it"));
  deploy_image("nginx:3");
  advance(seconds(2));
  job_ = create(job_spec());
  advance(seconds(20));
  EXPECT_EQ(message(web_), "waiting for job migrate");
  end(job_);
  EXPECT_EQ(of_image(web_, "nginx:3").size(), 1U);
}

TEST_F(PreDeployTest, AServiceThatIsNoJobPausesTheUpdate) {
  auto wish = spec(1);
  wish.annotations.name = "db";
  create(wish);
  web_ = create(updatable(1, {1, {}, {}, {}, 0, {}}));
  obey();
  update(web_, [](auto& changed) {
    changed.annotations.labels["ward.pre-deploy"] = "db";
    new_image(changed);
  });
  advance(seconds(10));
  EXPECT_EQ(state(web_), UpdateState::Paused);
  EXPECT_THAT(message(web_), testing::HasSubstr("names db, which is no job; name a service of"));
}

TEST_F(PreDeployTest, ARunForSomebodyElseIsNotCutShort) {
  settle_both();
  rerun_job();
  advance(minutes(5));
  deploy_image("nginx:2");
  advance(minutes(1));
  EXPECT_EQ(iteration(job_), 1U);
  EXPECT_EQ(message(web_), "waiting for job migrate");
  end(job_);
  EXPECT_EQ(new_ones(web_), 0U) << "it began long before the update";
  EXPECT_EQ(iteration(job_), 2U);
  end(job_);
  EXPECT_EQ(new_ones(web_), 2U);
}

TEST_F(PreDeployTest, AnUpdateUnderWayGoesOnWhateverTheJobDoes) {
  settle_both(3);
  update(web_, [](auto& changed) { changed.update = model::UpdateConfig{1, {}, {}, {}, 0, {}}; });
  rerun_job();
  end(job_);
  deploy_image("nginx:2");
  obey();
  ASSERT_EQ(new_ones(web_), 1U);
  rerun_job();
  end(job_, TaskState::Failed);
  obey();
  advance(seconds(5));
  EXPECT_EQ(new_ones(web_), 2U);
  update(web_, [](auto& changed) { changed.mode = model::Replicated{4}; });
  EXPECT_EQ(message(web_), "update in progress") << "a new number of replicas is no new version";
  run_out();
  EXPECT_EQ(new_ones(web_), 4U);
  EXPECT_EQ(iteration(job_), 2U);
}

TEST_F(PreDeployTest, SeveralJobsRunAtOnce) {
  job_ = create(job_spec());
  auto wish = job_spec();
  wish.annotations.name = "seed";
  auto const seed = create(wish);
  end(job_);
  end(seed);
  web_ = create(web_spec(1, {}, "migrate,seed"));
  obey();
  advance(minutes(10));
  deploy_image("nginx:2");
  advance(seconds(10));
  EXPECT_EQ(iteration(job_), 1U);
  EXPECT_EQ(iteration(seed), 1U);
  end(job_);
  EXPECT_EQ(message(web_), "waiting for job seed");
  EXPECT_EQ(new_ones(web_), 0U);
  end(seed);
  EXPECT_EQ(new_ones(web_), 1U);
}

TEST_F(PreDeployTest, GlobalServicesWaitToo) {
  settle_both();
  auto wish = web_spec();
  wish.annotations.name = "everywhere";
  wish.mode = model::Global{};
  auto const id = create(wish);
  obey();
  advance(minutes(10));
  update(id, new_image);
  EXPECT_EQ(new_ones(id), 0U);
  add_node("b");
  settle();
  ASSERT_EQ(new_ones(id), 1U);
  obey();
  EXPECT_EQ(fresh(id)->desired_state, TaskState::Ready) << "a new node is no way around it";
  advance(seconds(10));
  end(job_);
  run_out();
  EXPECT_EQ(new_ones(id), 2U);
  EXPECT_EQ(state(id), UpdateState::Completed);
}

}  // namespace
}  // namespace swarmward::scheduler
