// What is held back besides updates: the first start of a service, and new tasks beside an update.
#include <gmock/gmock.h>

#include "scheduler/dependencies/pre_deploy.h"
#include "scheduler/loop/slot_plan.h"
#include "scheduler/testing/job_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;

class PreDeployStartTest : public JobFixture {
 protected:
  [[nodiscard]] TaskState desired(model::ServiceId const& id) const {
    return wanted(id).at(0)->desired_state;
  }
  [[nodiscard]] std::string reason(model::ServiceId const& id) const {
    return std::string(wanted(id).at(0)->status.err);
  }
};

TEST_F(PreDeployStartTest, ANewServiceWaitsForAJobThatComesLater) {
  web_ = create(web_spec());
  obey();
  EXPECT_EQ(desired(web_), TaskState::Ready);
  EXPECT_EQ(reason(web_), "waiting for job migrate, which does not exist");
  advance(minutes(1));
  EXPECT_EQ(desired(web_), TaskState::Ready);
  job_ = create(job_spec());
  EXPECT_EQ(reason(web_), "waiting for job migrate");
  EXPECT_EQ(wake_, kNever) << "it is told of what the job does";
  end(job_);
  EXPECT_EQ(desired(web_), TaskState::Running);
  EXPECT_FALSE(state(web_)) << "that was no update";
  EXPECT_EQ(iteration(job_), 0U);
}

TEST_F(PreDeployStartTest, OnlyThePresentIterationCounts) {
  job_ = create(job_spec());
  end(job_);
  auto const early = create(web_spec());
  EXPECT_EQ(desired(early), TaskState::Running);
  rerun_job();
  auto wish = web_spec();
  wish.annotations.name = "late";
  auto const late = create(wish);
  EXPECT_EQ(desired(late), TaskState::Ready);
  end(job_);
  EXPECT_EQ(desired(late), TaskState::Running);
}

TEST_F(PreDeployStartTest, AFailedJobHoldsTheServiceUntilItHasRunWell) {
  web_ = create(web_spec());
  job_ = create(job_spec());
  end(job_, TaskState::Failed);
  EXPECT_EQ(desired(web_), TaskState::Ready);
  EXPECT_EQ(reason(web_),
            "waiting for job migrate, which has failed (docker service update --force migrate runs "
            "it again)");
  rerun_job();
  EXPECT_EQ(reason(web_), "waiting for job migrate");
  end(job_);
  EXPECT_EQ(desired(web_), TaskState::Running);
}

TEST_F(PreDeployStartTest, AServiceThatIsNoJobIsNotWaitedForInSilence) {
  web_ = create(web_spec(1, {}, "db"));
  EXPECT_EQ(reason(web_), "waiting for job db, which does not exist");
  auto wish = spec(1);
  wish.annotations.name = "db";
  create(wish);
  EXPECT_EQ(reason(web_), "waiting for job db, which is no job");
  EXPECT_EQ(desired(web_), TaskState::Ready);
}

TEST_F(PreDeployStartTest, JobsThemselvesAreNotHeld) {
  auto wish = job_spec();
  wish.annotations.labels["ward.pre-deploy"] = "nobody";
  job_ = create(wish);
  EXPECT_EQ(desired(job_), TaskState::Complete);
  rerun_job();
  EXPECT_EQ(desired(job_), TaskState::Complete);
}

TEST_F(PreDeployStartTest, ACircleIsIgnored) {
  auto wish = job_spec();
  wish.annotations.labels["ward.depends-on"] = "web";
  polls_ = true;
  web_ = create(web_spec());
  job_ = create(wish);
  EXPECT_EQ(desired(web_), TaskState::Running);
}

TEST_F(PreDeployStartTest, NeitherRestartNorScaleWaits) {
  settle_both(1);
  rerun_job();
  end(job_, TaskState::Failed);
  observe(wanted(web_)[0]->id, TaskState::Failed);
  advance(seconds(10));
  EXPECT_EQ(desired(web_), TaskState::Running);
  update(web_, [](auto& changed) { changed.mode = model::Replicated{2}; });
  EXPECT_EQ(wanted(web_).size(), 2U);
  EXPECT_EQ(wanted(web_)[1]->desired_state, TaskState::Running);
  EXPECT_FALSE(state(web_));
  EXPECT_EQ(iteration(job_), 1U);
}

TEST_F(PreDeployStartTest, WhatAnUpdateAddsWaitsAndWhatItLeavesIsReplacedAsItWas) {
  settle_both(1);
  update(web_, [](auto& changed) {
    new_image(changed);
    changed.mode = model::Replicated{2};
  });
  obey();
  ASSERT_EQ(new_ones(web_), 1U);
  EXPECT_EQ(fresh(web_)->slot, 2U);
  EXPECT_EQ(fresh(web_)->desired_state, TaskState::Ready);
  EXPECT_EQ(std::string(fresh(web_)->status.err), "waiting for job migrate");
  observe(of_image(web_, "nginx")[0]->id, TaskState::Failed);
  advance(seconds(6));
  EXPECT_EQ(of_image(web_, "nginx").at(0)->desired_state, TaskState::Running);
  advance(seconds(4));
  end(job_, TaskState::Failed);
  EXPECT_EQ(state(web_), model::UpdateState::Paused);
  EXPECT_EQ(fresh(web_)->desired_state, TaskState::Ready);
  deploy_image("nginx:3");
  advance(seconds(10));
  end(job_);
  run_out();
  EXPECT_EQ(of_image(web_, "nginx:3").size(), 2U);
}

TEST_F(PreDeployStartTest, AServiceWithAScheduleIsNotHeld) {
  job_ = create(job_spec());
  end(job_);
  auto wish = web_spec(1);
  wish.annotations.labels["ward.schedule"] = "@hourly";
  web_ = create(wish);
  obey();
  advance(minutes(1));
  deploy_image("nginx:2");
  EXPECT_EQ(message(web_), "update in progress");
}

TEST_F(PreDeployStartTest, SlotsAreLookedAtAloneOnceTheServiceHasRun) {
  job_ = create(job_spec());
  web_ = create(web_spec());
  auto const stand_alone = [&] {
    auto const& head = store_.head();
    auto const service = head.find_service(web_);
    return slots_stand_alone(
        {service.get(), tasks_of(head, web_), &head.nodes, clock_.now(), &head});
  };
  EXPECT_FALSE(stand_alone());
  end(job_);
  obey();
  EXPECT_TRUE(stand_alone());
}

}  // namespace
}  // namespace swarmward::scheduler
