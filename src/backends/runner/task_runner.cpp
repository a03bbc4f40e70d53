#include "backends/runner/task_runner.h"

#include <boost/asio/co_spawn.hpp>

namespace swarmward::backends {

using model::TaskState;

namespace {

Phase phase_of_word(std::string const& state) {
  if (state == "created") {
    return Phase::Created;
  }
  return state == "exited" || state == "dead" || state == "removing" ? Phase::Exited
                                                                     : Phase::Running;
}

}  // namespace

TaskRunner::TaskRunner(std::shared_ptr<RunnerContext> context,
                       Assignment assignment,
                       std::function<void(model::TaskId)> finished)
    : context_(std::move(context)),
      assignment_(std::move(assignment)),
      finished_(std::move(finished)),
      status_(task().status),
      start_attempted_(status_.state >= TaskState::Starting) {
  if (status_.container) {
    container_id_ = status_.container->container_id;
    exit_code_ = status_.container->exit_code;
  }
}

bool TaskRunner::idle() const {
  return context_->stopped || !context_->connected || resuming_later_;
}

TaskView TaskRunner::view() const {
  TaskView view;
  view.state = status_.state;
  view.desired = task().desired_state;
  view.phase = phase_;
  view.health = unhealthy_ ? Health::Unhealthy : health_;
  view.image = image_;
  view.gone = unassigned_;
  view.present = present_;
  view.look_again = look_again_;
  view.doubtful = doubtful_;
  view.files = has_files_;
  view.start_attempted = start_attempted_;
  return view;
}

/// While the engine takes no connections nothing is begun there. But it may still tell of
/// containers that it takes along, and their services need not wait for it.
Step TaskRunner::next_step() const {
  if (context_->stopped || resuming_later_) {
    return Step::Wait;
  }
  auto const step = plan_step(view());
  bool const told_of_its_end = step == Step::Confirm && !from_list_;
  return context_->connected || told_of_its_end ? step : Step::Wait;
}

void TaskRunner::assign(Assignment assignment) {
  bool const new_wish = assignment.task->desired_state != task().desired_state;
  assignment_ = std::move(assignment);
  unassigned_ = false;
  // The manager may have given the task up on its own (rejected, orphaned).
  if (task().status.state > status_.state) {
    status_ = task().status;
  }
  if (new_wish) {
    resuming_later_ = false;
    attempts_ = 0;
  }
  wake();
}

void TaskRunner::unassign() {
  unassigned_ = true;
  resuming_later_ = false;
  if (stopping_ && present_ && context_->connected) {
    // The stop may take its whole grace period; nobody wants to wait for it any more.
    auto const ended = [self = shared_from_this()](std::exception_ptr const&) { self->wake(); };
    asio::co_spawn(context_->executor, remove(), ended);
  }
  wake();
}

void TaskRunner::on_event(ContainerEvent const& event) {
  if (event.container_id != container_id_) {
    return;
  }
  ++events_;
  if (event.action == "die") {
    doubtful_ = phase_ != Phase::Exited && !stopping_;
    from_list_ = false;
    phase_ = Phase::Exited;
    exit_code_ = event.exit_code;
    pid_ = 0;
  } else if (event.action == "destroy") {
    container_is_gone();
  } else if (event.action == "health_status: healthy") {
    health_ = Health::Healthy;
  } else if (event.action == "health_status: unhealthy") {
    health_ = Health::Unhealthy;
    unhealthy_ = true;
  } else if (event.action == "start" && is_terminal(status_.state)) {
    look_again_ = true;  // Somebody started what is over.
  }
  wake();
}

void TaskRunner::begin_resync() {
  resync_id_ = present_ ? container_id_ : std::string();
}

void TaskRunner::end_resync(ContainerSummary const* found, Resync kind) {
  resuming_later_ = false;
  files_laid_ = files_laid_ && kind == Resync::Periodic;  // The host may have been started anew.
  auto const missing = std::exchange(resync_id_, {});
  if (found == nullptr) {
    if (!missing.empty() && missing == container_id_) {
      container_is_gone();
    }
    return;
  }
  auto const listed = phase_of_word(found->state);
  bool const known = present_ && container_id_ == found->id;
  if (known && kind == Resync::Periodic && listed == phase_) {
    return;
  }
  bool const over = is_terminal(status_.state) && listed != Phase::Running;
  if (kind == Resync::Full && listed == Phase::Exited && (phase_ != Phase::Exited || doubtful_)) {
    doubtful_ = true;
    from_list_ = true;
  }
  if (!known || over) {
    set_container(found->id, listed);
  }
  look_again_ = !over;
}

void TaskRunner::stop() {
  retry_timer_.reset();
  finished_ = nullptr;
}

void TaskRunner::set_container(std::string id, Phase phase) {
  container_id_ = std::move(id);
  phase_ = phase;
  present_ = true;
  has_files_ = has_files_ || names_files();
  start_attempted_ = start_attempted_ || phase == Phase::Running || phase == Phase::Exited;
}

void TaskRunner::container_is_gone() {
  present_ = false;
  look_again_ = false;
  pid_ = 0;
  if (phase_ == Phase::Created && !start_attempted_) {
    phase_ = Phase::None;  // Pruned while it was parked: it can be made again.
  } else if (phase_ != Phase::Exited) {
    phase_ = Phase::Vanished;
  }
}

bool TaskRunner::retry_later(Error const& error, Retry which) {
  bool const unreached = error.code == ErrorCode::Unavailable;
  bool const passing = error.code == ErrorCode::Internal &&
                       (which == Retry::IfPassing ||
                        (which == Retry::IfInterrupted &&
                         (error.message.find("context canceled") != std::string::npos ||
                          error.message.find("deadline exceeded") != std::string::npos)));
  bool const again =
      unreached || which == Retry::Always || (passing && ++attempts_ < context_->delays.attempts);
  if (!again) {
    attempts_ = 0;
    return false;
  }
  if (context_->stopped) {
    return true;
  }
  look_again_ = present_;  // The engine may have done it although it did not say so.
  resuming_later_ = true;
  retry_timer_ = std::make_unique<asio::steady_timer>(context_->executor, context_->delays.retry);
  retry_timer_->async_wait([weak = weak_from_this()](boost::system::error_code const& error_code) {
    auto const self = weak.lock();
    if (self && !error_code) {
      self->resuming_later_ = false;
      self->wake();
    }
  });
  return true;
}

}  // namespace swarmward::backends
