#include "backends/runner/task_plan.h"

namespace swarmward::backends {

using model::TaskState;

namespace {

Step plan_creation(TaskView const& view) {
  switch (view.image) {
    case ImageState::Wanted:
      return Step::Pull;
    case ImageState::Coming:
      return Step::Wait;
    case ImageState::Ready:
      break;
  }
  return Step::Create;
}

/// A task that is over. Its container can still run: it was restarted by hand, or the node comes
/// back after the task was given up.
Step plan_over(TaskView const& view) {
  if (!view.present) {
    return view.files ? Step::DropFiles : Step::Wait;
  }
  if (view.phase == Phase::Running) {
    return Step::Stop;
  }
  return view.desired == TaskState::Remove ? Step::Remove : Step::Wait;
}

Step plan_farewell(TaskView const& view) {
  if (view.present) {
    return Step::Remove;
  }
  return view.files ? Step::DropFiles : Step::Finish;
}

Step plan_end(TaskView const& view) {
  bool const may_run = view.phase == Phase::Running || view.look_again;
  if (view.present && may_run) {
    return Step::Stop;
  }
  // What never ran is of no use to anybody, and a start of it may still be on its way: that of a
  // daemon that was killed meanwhile. Were it left, it could run after its task is over.
  bool const may_start = view.phase == Phase::Created;
  if (view.present && (may_start || view.desired == TaskState::Remove)) {
    return Step::Remove;
  }
  return Step::ReportShutdown;
}

Step plan_starting(TaskView const& view) {
  switch (view.phase) {
    case Phase::None:
      return view.start_attempted ? Step::ReportVanished : plan_creation(view);
    case Phase::Created:
      return Step::Start;
    case Phase::Exited:
      return view.doubtful ? Step::Confirm : Step::ReportExit;
    case Phase::Vanished:
      return Step::ReportVanished;
    case Phase::Running:
      break;
  }
  switch (view.health) {
    case Health::Unhealthy:
      return Step::Stop;
    case Health::Starting:
      return Step::Wait;
    case Health::None:
    case Health::Healthy:
      break;
  }
  return Step::ReportRunning;
}

Step plan_running(TaskView const& view) {
  switch (view.phase) {
    case Phase::Running:
      return view.health == Health::Unhealthy ? Step::Stop : Step::Wait;
    case Phase::Exited:
      return view.doubtful ? Step::Confirm : Step::ReportExit;
    case Phase::None:
    case Phase::Created:
    case Phase::Vanished:
      break;
  }
  return Step::ReportVanished;
}

Step plan_advance(TaskView const& view) {
  switch (view.state) {
    case TaskState::Accepted:
      return Step::Prepare;
    case TaskState::Preparing:
      return view.present || view.phase == Phase::Exited ? Step::ReportReady : plan_creation(view);
    case TaskState::Ready:
      return view.desired > TaskState::Ready ? Step::ReportStarting : Step::Wait;
    case TaskState::Starting:
      return plan_starting(view);
    case TaskState::Running:
      return plan_running(view);
    default:
      return Step::Accept;
  }
}

}  // namespace

Step plan_step(TaskView const& view) {
  if (view.gone) {
    return plan_farewell(view);
  }
  if (view.desired == TaskState::Remove && !is_terminal(view.state)) {
    return plan_end(view);  // No look first: a stop settles it whatever the container does.
  }
  if (view.present && view.look_again) {
    return Step::Inspect;
  }
  if (is_terminal(view.state)) {
    return plan_over(view);
  }
  if (view.desired >= TaskState::Shutdown) {
    return plan_end(view);
  }
  return plan_advance(view);
}

}  // namespace swarmward::backends
