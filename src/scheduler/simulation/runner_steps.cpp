// The steps of a simulated runner: what it asks of the engine, what it reports and when.
#include <utility>

#include "scheduler/simulation/runner.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Answer = SimEngine::Answer;

void SimRunner::wake(model::TaskId const& id) {
  for (auto known = tasks_.find(id); known != tasks_.end(); known = tasks_.find(id)) {
    auto& task = known->second;
    bool const idle = stopped_ || !connected_ || task.busy || stage_.queue.now() < task.resume_at;
    if (idle || !perform(id, task, next_step(task))) {
      return;
    }
  }
}

/// True if the next step can be taken at once.
bool SimRunner::perform(model::TaskId const& id, RunnerTask& task, Step step) {
  switch (step) {
    case Step::Wait:
      return false;
    case Step::Accept:
      report(task, TaskState::Accepted, "accepted");
      return true;
    case Step::Prepare:
      report(task, TaskState::Preparing, "preparing");
      return true;
    case Step::ReportReady:
      report(task, TaskState::Ready, "prepared");
      return true;
    case Step::ReportStarting:
      report(task, TaskState::Starting, "starting");
      return true;
    case Step::ReportRunning:
      report(task, TaskState::Running, "started");
      return true;
    case Step::ReportExit:
      report_exit(task);
      return true;
    case Step::ReportVanished:
      fail(task, "No such container");
      return true;
    case Step::ReportShutdown:
      report(task, TaskState::Shutdown, "shutdown");
      return true;
    case Step::Finish:
      tasks_.erase(id);
      return false;
    case Step::Pull:
      pull(id, task);
      return false;
    case Step::Create:
      create(id, task);
      return false;
    case Step::Start:
      start(id, task);
      return false;
    case Step::Inspect:
      inspect(id, task);
      return false;
    case Step::Stop:
      stop_container(id, task);
      return false;
    case Step::Remove:
      remove(id, task);
      return false;
  }
  return false;
}

std::function<void(Answer)> SimRunner::answered(model::TaskId const& id,
                                                std::function<void(RunnerTask&, Answer)> then) {
  return [weak = weak_from_this(), id, then = std::move(then)](Answer answer) {
    auto const self = weak.lock();
    if (!self || self->stopped_) {
      return;
    }
    auto const known = self->tasks_.find(id);
    if (known == self->tasks_.end()) {
      return;
    }
    then(known->second, answer);
    self->wake(id);
  };
}

void SimRunner::ask(model::TaskId const& id,
                    Duration takes,
                    std::function<Answer()> effect,
                    std::function<void(RunnerTask&, Answer)> then) {
  tasks_.at(id).busy = true;
  auto const on_answer = [then = std::move(then)](RunnerTask& task, Answer answer) {
    task.busy = false;
    then(task, answer);
  };
  engine_.call(takes, std::move(effect), answered(id, on_answer));
}

void SimRunner::pull(model::TaskId const& id, RunnerTask& task) {
  task.image = Image::Coming;
  bool const cached = engine_.has_image(task.task->spec->container->image);
  auto const takes = cached ? random_.between(milliseconds(5), milliseconds(60))
                            : milliseconds(100) + random_.about(seconds(3));
  auto const done = [this, id](RunnerTask& now, Answer answer) {
    now.image = answer == Answer::Ok ? Image::Ready : Image::Wanted;
    bool const wanted = !now.gone && now.task->desired_state < TaskState::Shutdown;
    if (answer == Answer::Unreached) {
      retry_later(id, now);
    } else if (answer != Answer::Ok && wanted && !model::is_terminal(now.status.state)) {
      fail(now, "No such image: " + now.task->spec->container->image);
    }
  };
  engine_.call(
      takes,
      [engine = &engine_, what = task.task] { return engine->pull(*what); },
      answered(id, done));
}

void SimRunner::create(model::TaskId const& id, RunnerTask& task) {
  auto const effect = [engine = &engine_, what = task.task, node = node_] {
    return engine->create(what, node);
  };
  ask(id,
      random_.between(milliseconds(10), milliseconds(300)),
      effect,
      [this, id](RunnerTask& now, Answer answer) {
        if (answer == Answer::Ok) {
          now.present = true;
          now.phase = Phase::Created;
        } else if (engine_.containers().contains(id)) {
          now.present = now.look_again = true;  // Its name was taken: by itself.
        } else if (answer == Answer::Unreached) {
          retry_later(id, now);
        } else {
          fail(now, "invalid mount config");
        }
      });
}

void SimRunner::start(model::TaskId const& id, RunnerTask& task) {
  task.start_attempted = true;
  ask(
      id,
      random_.between(milliseconds(20), milliseconds(500)),
      [engine = &engine_, id] { return engine->start(id); },
      [this, id](RunnerTask& now, Answer answer) {
        if (answer == Answer::Ok) {
          now.phase = now.phase == Phase::Created ? Phase::Running : now.phase;
          now.look_again = now.present;
        } else if (answer == Answer::Unreached) {
          retry_later(id, now);
        } else if (answer == Answer::NotFound) {
          container_is_gone(now);
        } else {
          fail(now, "starting container failed: exec: not found");
        }
      });
}

void SimRunner::inspect(model::TaskId const& id, RunnerTask&) {
  ask(
      id,
      random_.between(milliseconds(1), milliseconds(20)),
      [engine = &engine_, id] {
        return engine->containers().contains(id) ? Answer::Ok : Answer::NotFound;
      },
      [this, id](RunnerTask& now, Answer answer) {
        if (answer == Answer::Unreached) {
          return retry_later(id, now);
        }
        auto const seen = engine_.containers().find(id);
        if (seen == engine_.containers().end()) {
          return container_is_gone(now);
        }
        now.look_again = false;
        now.phase = seen->second.phase;
        now.health = seen->second.health;
        now.exit_code = seen->second.exit_code;
        now.start_attempted = now.start_attempted || now.phase != Phase::Created;
        now.unhealthy = now.unhealthy || now.health == Health::Unhealthy;
      });
}

void SimRunner::stop_container(model::TaskId const& id, RunnerTask& task) {
  auto const grace = task.task->spec->container->stop_grace_period.value_or(seconds(10));
  task.busy = task.stopping = true;
  engine_.stop(id, grace, answered(id, [this, id](RunnerTask& now, Answer answer) {
                 if (!std::exchange(now.stopping, false)) {
                   return;  // It is being removed already.
                 }
                 now.busy = false;
                 if (answer == Answer::NotFound) {
                   container_is_gone(now);
                 } else if (answer != Answer::Ok) {
                   retry_later(id, now);
                 } else if (now.task->desired_state == TaskState::Remove) {
                   now.look_again = false;
                   now.phase = Phase::Exited;
                 } else {
                   now.look_again = now.phase == Phase::Running;
                 }
               }));
}

void SimRunner::remove(model::TaskId const& id, RunnerTask&) {
  ask(
      id,
      random_.between(milliseconds(10), milliseconds(100)),
      [engine = &engine_, id] { return engine->remove(id); },
      [this, id](RunnerTask& now, Answer answer) {
        if (answer == Answer::Unreached) {
          retry_later(id, now);
        } else {
          container_is_gone(now);
        }
      });
}

void SimRunner::container_is_gone(RunnerTask& task) {
  task.present = task.look_again = false;
  if (task.phase == Phase::Created && !task.start_attempted) {
    task.phase = Phase::None;
  } else if (task.phase != Phase::Exited) {
    task.phase = Phase::Vanished;
  }
}

void SimRunner::retry_later(model::TaskId const& id, RunnerTask& task) {
  task.look_again = task.present;
  task.resume_at = stage_.queue.now() + seconds(1);
  after(seconds(1) + Duration(1), [id](auto& self) { self.wake(id); });
}

void SimRunner::report_exit(RunnerTask& task) {
  bool const success = task.exit_code == 0 && !task.unhealthy;
  if (task.status.state == TaskState::Starting && (success || task.health == Health::None)) {
    report(task, TaskState::Running, "started");
  }
  if (success) {
    return report(task, TaskState::Complete, "finished");
  }
  fail(task, "task: non-zero exit (" + std::to_string(task.exit_code) + ")");
}

void SimRunner::fail(RunnerTask& task, std::string err) {
  auto const state =
      task.status.state < TaskState::Starting ? TaskState::Rejected : TaskState::Failed;
  auto message = task.status.message;
  report(task, state, std::move(message), std::move(err));
}

void SimRunner::report(RunnerTask& task, TaskState state, std::string message, std::string err) {
  if (state < task.status.state) {
    return;
  }
  task.status.timestamp = stage_.clock.now();
  task.status.state = state;
  task.status.message = std::move(message);
  task.status.err = std::move(err);
  task.status.container = model::ContainerStatus{brief(task.task->id), 0, task.exit_code};
  if (!given_up_) {
    sink_.report(task.task->id, task.status);
  }
}

}  // namespace swarmward::scheduler::simulation
