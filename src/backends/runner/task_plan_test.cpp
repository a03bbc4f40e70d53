#include "backends/runner/task_plan.h"

#include <gtest/gtest.h>

namespace swarmward::backends {
namespace {

using model::TaskState;

TEST(PlanStep, NeverStartsWhatHasRun) {
  constexpr std::array kStates{TaskState::Assigned,
                               TaskState::Accepted,
                               TaskState::Preparing,
                               TaskState::Ready,
                               TaskState::Starting,
                               TaskState::Running,
                               TaskState::Complete,
                               TaskState::Failed,
                               TaskState::Orphaned};
  constexpr std::array kWishes{
      TaskState::Ready, TaskState::Running, TaskState::Shutdown, TaskState::Remove};
  for (auto const state : kStates) {
    for (auto const wish : kWishes) {
      for (bool const present : {false, true}) {
        TaskView view;
        view.state = state;
        view.desired = wish;
        view.phase = Phase::Exited;
        view.image = ImageState::Ready;
        view.present = present;
        view.start_attempted = true;
        auto const step = plan_step(view);
        EXPECT_NE(step, Step::Start);
        EXPECT_NE(step, Step::Create);
      }
    }
  }
}

TEST(PlanStep, AGivenUpTaskIsStoppedWhenItIsFoundRunning) {
  TaskView view;
  view.state = TaskState::Orphaned;
  view.desired = TaskState::Shutdown;
  view.phase = Phase::Running;
  view.present = true;
  EXPECT_EQ(plan_step(view), Step::Stop);
}

TEST(PlanStep, WhatNeverRanIsRemovedBeforeItsTaskIsOver) {
  TaskView view;
  view.state = TaskState::Starting;
  view.desired = TaskState::Shutdown;
  view.phase = Phase::Created;
  view.present = true;
  EXPECT_EQ(plan_step(view), Step::Remove) << "a start may still be on its way";
  view.present = false;
  view.phase = Phase::None;
  EXPECT_EQ(plan_step(view), Step::ReportShutdown);
}

TEST(PlanStep, AnUnassignedTaskGoesWithoutAnInspect) {
  TaskView view;
  view.gone = view.present = view.look_again = true;
  EXPECT_EQ(plan_step(view), Step::Remove);
  view.present = false;
  EXPECT_EQ(plan_step(view), Step::Finish);
}

TEST(PlanStep, AStoppedTaskEnds) {
  TaskView view;
  view.state = TaskState::Running;
  view.desired = TaskState::Remove;
  view.phase = Phase::Running;
  view.present = true;
  EXPECT_EQ(plan_step(view), Step::Stop);
  view.phase = Phase::Exited;
  EXPECT_EQ(plan_step(view), Step::Remove);
  view.present = false;
  EXPECT_EQ(plan_step(view), Step::ReportShutdown);
}

}  // namespace
}  // namespace swarmward::backends
