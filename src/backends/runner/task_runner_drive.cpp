// How a TaskRunner takes its steps, one after the other, and waits for its turn.
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "backends/runner/task_runner.h"
#include "base/log.h"

namespace swarmward::backends {

using model::TaskState;

void TaskRunner::wake() {
  auto const step = driving_ ? Step::Wait : next_step();
  if (step == Step::Wait && !driving_) {
    leave_networks();
  }
  if (step == Step::Wait || (in_line_ && needs_turn(step))) {
    return;
  }
  driving_ = true;
  auto const ended = [self = shared_from_this()](std::exception_ptr const& thrown) {
    if (thrown) {  // Otherwise the next coroutine may already drive.
      self->driving_ = false;
      room_log("backends")->error("task.step_threw task={}", self->id().view());
      self->retry_later(unavailable("the step ended unexpectedly"), Retry::Always);
    }
  };
  // Posted: whoever wakes us may be in the middle of a walk over all tasks.
  asio::post(context_->executor, [self = shared_from_this(), ended] {
    asio::co_spawn(self->context_->executor, drive(self), ended);
  });
}

bool TaskRunner::needs_turn(Step step) const {
  return (step == Step::Create || step == Step::Start) && !lease_;
}

bool TaskRunner::take_turn(Step step) {
  if (needs_turn(step)) {
    lease_ = context_->starts.try_enter();
  }
  return !needs_turn(step);
}

/// A million tasks may wait: none with a coroutine.
void TaskRunner::wait_for_turn() {
  if (std::exchange(in_line_, true)) {
    return;
  }
  context_->starts.enter([weak = weak_from_this()](Gate::Lease place) {
    auto const self = weak.lock();
    if (!self) {
      return;
    }
    self->in_line_ = false;
    // One that has something else to do stands in line again when it is done.
    if (self->needs_turn(self->next_step())) {
      self->lease_ = std::move(place);  // Given back when there is nothing more to do.
      self->wake();
    }
  });
}

asio::awaitable<void> TaskRunner::drive(std::shared_ptr<TaskRunner> self) {
  Step step = self->next_step();
  while (step != Step::Wait && step != Step::Finish && self->take_turn(step)) {
    co_await self->perform(step);
    step = self->next_step();
  }
  self->driving_ = false;
  if (self->needs_turn(step)) {
    self->wait_for_turn();
    co_return;
  }
  self->lease_.release();
  self->leave_networks();
  if (step == Step::Finish) {
    if (auto const finished = std::exchange(self->finished_, nullptr)) {
      finished(self->id());
    }
  }
}

asio::awaitable<void> TaskRunner::perform(Step step) {
  switch (step) {
    case Step::Create:
      co_await create();
      break;
    case Step::Start:
      co_await start();
      break;
    case Step::Inspect:
      co_await inspect();
      break;
    case Step::Confirm:
      co_await confirm_exit();
      break;
    case Step::Stop:
      co_await stop_container();
      break;
    case Step::Remove:
      co_await remove();
      break;
    case Step::DropFiles:
      co_await drop_files();
      break;
    default:
      report_step(step);
      break;
  }
}

void TaskRunner::report_step(Step step) {
  switch (step) {
    case Step::Accept:
      return accept();
    case Step::Prepare:
      return report(TaskState::Preparing, "preparing");
    case Step::Pull:
      return pull();
    case Step::ReportReady:
      return report(TaskState::Ready, "prepared");
    case Step::ReportStarting:
      return report(TaskState::Starting, "starting");
    case Step::ReportRunning:
      return report(TaskState::Running, "started");
    case Step::ReportExit:
      return report_exit();
    case Step::ReportVanished:
      return report_vanished();
    case Step::ReportShutdown:
      return report(TaskState::Shutdown, "shutdown");
    default:
      return;
  }
}

}  // namespace swarmward::backends
