#include "scheduler/simulation/runner.h"

#include <utility>

namespace swarmward::scheduler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

void SimRunner::after(Duration delay, std::function<void(SimRunner&)> what) {
  stage_.queue.after(delay, [weak = weak_from_this(), what = std::move(what)] {
    auto const self = weak.lock();
    if (self && !self->stopped_) {
      what(*self);
    }
  });
}

void SimRunner::begin(std::vector<DispatchedTask> const& tasks) {
  engine_.listen(weak_from_this());
  for (auto const& dispatched : tasks) {
    assign(dispatched.task);
  }
  connect();
}

void SimRunner::assign(state::TaskPtr const& assigned) {
  auto& task = tasks_[assigned->id];
  if (!task.task) {
    task.status = assigned->status;
    task.start_attempted = task.status.state >= model::TaskState::Starting;
  } else if (task.task->desired_state != assigned->desired_state) {
    task.resume_at = {};
  }
  task.task = assigned;
  task.gone = false;
  // The manager may have given the task up on its own.
  if (assigned->status.state > task.status.state) {
    task.status = assigned->status;
  }
  wake(assigned->id);
}

void SimRunner::unassign(model::TaskId const& id) {
  auto const known = tasks_.find(id);
  if (known == tasks_.end()) {
    return;
  }
  auto& task = known->second;
  task.gone = true;
  task.resume_at = {};
  if (std::exchange(task.stopping, false)) {
    task.busy = false;  // Nobody wants to wait for the stop any more.
  }
  wake(id);
}

void SimRunner::give_up_node() {
  given_up_ = true;
  std::vector<model::TaskId> ids;
  for (auto const& [id, task] : tasks_) {
    ids.push_back(id);
  }
  for (auto const& id : ids) {
    unassign(id);
  }
  if (connected_) {
    list(true);
  }
}

void SimRunner::reachability_changed() {
  if (engine_.reachable()) {
    // A break that was mended before it was noticed; what happened meanwhile was not told.
    after(random_.between(milliseconds(1), milliseconds(500)), [](auto& self) { self.connect(); });
    event_lost();
    return;
  }
  after(random_.between(milliseconds(1), seconds(2)), [](auto& self) {
    if (!self.engine_.reachable()) {
      self.lose();
    }
  });
}

void SimRunner::description_changed() {
  after(random_.between(milliseconds(1), seconds(20)), [](auto& self) {
    if (self.connected_) {
      self.sink_.sight(self.node_, true);
    }
  });
}

void SimRunner::lose() {
  connected_ = false;
  sink_.sight(node_, false);
}

void SimRunner::connect() {
  if (connected_ || connecting_) {
    return;
  }
  connecting_ = true;
  engine_.call(
      random_.between(milliseconds(5), milliseconds(100)),
      [] { return SimEngine::Answer::Ok; },
      [weak = weak_from_this()](SimEngine::Answer answer) {
        auto const self = weak.lock();
        if (!self || self->stopped_) {
          return;
        }
        self->connecting_ = false;
        if (answer != SimEngine::Answer::Ok) {
          self->sink_.sight(self->node_, false);  // Tried again when the engine is there.
          return;
        }
        self->list(true);
        self->connected_ = true;
        self->sink_.sight(self->node_, true);
        for (auto const& [id, task] : std::map(self->tasks_)) {
          self->wake(id);
        }
      });
}

void SimRunner::list(bool full) {
  std::vector<model::TaskId> ids;
  for (auto const& [id, task] : tasks_) {
    ids.push_back(id);
  }
  for (auto const& id : ids) {
    auto const container = engine_.containers().find(id);
    found(tasks_.at(id),
          container == engine_.containers().end() ? nullptr : &container->second,
          full);
    wake(id);
  }
  remove_unclaimed();
}

void SimRunner::found(RunnerTask& task, Container const* container, bool full) {
  task.resume_at = {};
  if (container == nullptr) {
    if (task.present && !task.busy) {
      container_is_gone(task);
    }
    return;
  }
  bool const known = task.present;
  if (known && !full && container->phase == task.phase && container->health == task.health) {
    return;
  }
  bool const over = model::is_terminal(task.status.state) && container->phase != Phase::Running;
  if (!known || over) {
    task.present = true;
    task.phase = container->phase;
    task.start_attempted = task.start_attempted || container->phase != Phase::Created;
  }
  task.look_again = !over;
}

void SimRunner::remove_unclaimed() {
  std::vector<model::TaskId> unclaimed;
  for (auto const& [id, container] : engine_.containers()) {
    if (container.owner == node_ && !tasks_.contains(id)) {
      unclaimed.push_back(id);
    }
  }
  for (auto const& id : unclaimed) {
    engine_.call(
        random_.between(milliseconds(10), milliseconds(100)),
        [engine = &engine_, id] { return engine->remove(id); },
        [weak = weak_from_this()](SimEngine::Answer answer) {
          auto const self = weak.lock();
          if (self && answer == SimEngine::Answer::Unreached) {
            self->event_lost();  // Repaired by the next list.
          }
        });
  }
}

void SimRunner::event_lost() {
  if (!std::exchange(listing_is_due_, true)) {
    after(random_.between(seconds(1), seconds(60)), [](auto& self) {
      self.listing_is_due_ = false;
      if (self.connected_) {
        self.list(false);
      }
    });
  }
}

void SimRunner::engine_event(ContainerEvent const& event) {
  auto const known = tasks_.find(event.task);
  if (known == tasks_.end() || !connected_) {
    return;
  }
  auto& task = known->second;
  switch (event.kind) {
    case ContainerEvent::Kind::Die:
      task.phase = Phase::Exited;
      task.exit_code = event.exit_code;
      break;
    case ContainerEvent::Kind::Destroy:
      container_is_gone(task);
      break;
    case ContainerEvent::Kind::Healthy:
      task.health = Health::Healthy;
      break;
    case ContainerEvent::Kind::Unhealthy:
      task.health = Health::Unhealthy;
      task.unhealthy = true;
      break;
  }
  wake(event.task);
}

}  // namespace swarmward::scheduler::simulation
