#include "scheduler/simulation/runner_plan.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;

namespace {

Step make_container(RunnerTask const& task) {
  switch (task.image) {
    case Image::Wanted:
      return Step::Pull;
    case Image::Coming:
      return Step::Wait;
    case Image::Ready:
      break;
  }
  return Step::Create;
}

Step give_up(RunnerTask const& task) {
  if (task.present && (task.phase == Phase::Running || task.look_again)) {
    return Step::Stop;
  }
  // As the real one: a start of what has not run yet may still be on its way.
  bool const remove = task.phase == Phase::Created || task.task->desired_state == TaskState::Remove;
  return task.present && remove ? Step::Remove : Step::ReportShutdown;
}

Step after_the_end(RunnerTask const& task) {
  if (!task.present) {
    return Step::Wait;
  }
  if (task.phase == Phase::Running) {
    return Step::Stop;
  }
  return task.task->desired_state == TaskState::Remove ? Step::Remove : Step::Wait;
}

Step get_running(RunnerTask const& task) {
  switch (task.phase) {
    case Phase::None:
      return task.start_attempted ? Step::ReportVanished : make_container(task);
    case Phase::Created:
      return Step::Start;
    case Phase::Exited:
      return Step::ReportExit;
    case Phase::Vanished:
      return Step::ReportVanished;
    case Phase::Running:
      break;
  }
  if (task.unhealthy) {
    return Step::Stop;
  }
  return task.health == Health::Starting ? Step::Wait : Step::ReportRunning;
}

Step keep_running(RunnerTask const& task) {
  if (task.phase == Phase::Running) {
    return task.unhealthy ? Step::Stop : Step::Wait;
  }
  return task.phase == Phase::Exited ? Step::ReportExit : Step::ReportVanished;
}

}  // namespace

Step next_step(RunnerTask const& task) {
  auto const desired = task.task->desired_state;
  auto const state = task.status.state;
  if (task.gone) {
    return task.present ? Step::Remove : Step::Finish;
  }
  if (desired == TaskState::Remove && !model::is_terminal(state)) {
    return give_up(task);
  }
  if (task.present && task.look_again) {
    return Step::Inspect;
  }
  if (model::is_terminal(state)) {
    return after_the_end(task);
  }
  if (desired >= TaskState::Shutdown) {
    return give_up(task);
  }
  switch (state) {
    case TaskState::Accepted:
      return Step::Prepare;
    case TaskState::Preparing:
      return task.present || task.phase == Phase::Exited ? Step::ReportReady : make_container(task);
    case TaskState::Ready:
      return desired > TaskState::Ready ? Step::ReportStarting : Step::Wait;
    case TaskState::Starting:
      return get_running(task);
    case TaskState::Running:
      return keep_running(task);
    default:
      return Step::Accept;
  }
}

}  // namespace swarmward::scheduler::simulation
