#include "scheduler/simulation/engine.h"

#include <utility>

namespace swarmward::scheduler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

void SimEngine::call(Duration takes,
                     std::function<Answer()> effect,
                     std::function<void(Answer)> answer) {
  if (!reachable()) {
    stage_.queue.after(milliseconds(1),
                       [answer = std::move(answer)] { answer(Answer::Unreached); });
    return;
  }
  auto at = std::max(stage_.queue.now(), stalled_until_) + takes;
  stage_.queue.at(at, [this, effect = std::move(effect), answer = std::move(answer)]() mutable {
    if (up_ && stage_.queue.now() < stalled_until_) {
      return call(Duration(0), std::move(effect), std::move(answer));
    }
    auto const lost = !reachable();
    auto const result = up_ && (!lost || random_.chance(0.5)) ? effect() : Answer::Unreached;
    answer(lost ? Answer::Unreached : result);
  });
}

void SimEngine::stop(model::TaskId const& task,
                     Duration grace,
                     std::function<void(Answer)> answer) {
  auto const found = containers_.find(task);
  if (found == containers_.end()) {
    return call(
        milliseconds(5), [] { return Answer::NotFound; }, std::move(answer));
  }
  auto const stubborn = found->second.behaviour.ignores_term;
  auto takes = stubborn ? grace : random_.between(milliseconds(20), milliseconds(1500));
  takes = std::min<Duration>(takes, grace) + milliseconds(5);
  if (stage_.rough() && random_.chance(0.01)) {
    takes += random_.about(seconds(40));  // The kernel or the daemon is stuck.
  }
  auto const effect = [this, task, stubborn] {
    auto const now = containers_.find(task);
    if (now == containers_.end()) {
      return Answer::NotFound;
    }
    exit(now->second, stubborn ? 137 : 143);
    return Answer::Ok;
  };
  call(takes, effect, std::move(answer));
}

SimEngine::Answer SimEngine::pull(model::Task const& task) {
  auto const& image = task.spec->container->image;
  if (behaviour_of(task, random_, stage_.mood).pull_fails) {
    return Answer::Refused;
  }
  images_.insert(image);
  return Answer::Ok;
}

SimEngine::Answer SimEngine::create(state::TaskPtr const& task, model::NodeId const& owner) {
  Container container;
  container.task = task;
  container.owner = owner;
  container.behaviour = behaviour_of(*task, random_, stage_.mood);
  if (container.behaviour.create_fails || containers_.contains(task->id)) {
    return Answer::Refused;
  }
  container.life = ++lives_;
  containers_.emplace(task->id, std::move(container));
  return Answer::Ok;
}

SimEngine::Answer SimEngine::start(model::TaskId const& task) {
  auto const found = containers_.find(task);
  if (found == containers_.end()) {
    return Answer::NotFound;
  }
  if (found->second.phase == Phase::Running) {
    return Answer::Ok;
  }
  if (found->second.behaviour.start_fails && !stage_.calm()) {
    return Answer::Refused;
  }
  live(found->second);
  return Answer::Ok;
}

SimEngine::Answer SimEngine::remove(model::TaskId const& task) {
  auto const found = containers_.find(task);
  if (found == containers_.end()) {
    return Answer::NotFound;
  }
  stage_.trace.add("{} removes the container of {}", name_, brief(task));
  containers_.erase(found);
  emit({ContainerEvent::Kind::Destroy, task, 0});
  return Answer::Ok;
}

void SimEngine::live(Container& container) {
  container.phase = Phase::Running;
  container.life = ++lives_;
  container.health = container.behaviour.has_healthcheck ? Health::Starting : Health::None;
  stage_.trace.add("{} runs {}", name_, brief(container.task->id));
  started_(*this, container);
  auto const& does = container.behaviour;
  if (does.healthy_after) {
    later(container, *does.healthy_after, [this](auto& c) { set_health(c, Health::Healthy); });
  }
  if (does.unhealthy_after) {
    later(container, *does.unhealthy_after, [this](auto& c) {
      if (!stage_.calm()) {
        set_health(c, Health::Unhealthy);
      }
    });
  }
  if (does.ends_after) {
    later(container, *does.ends_after, [this](auto& c) {
      if (!stage_.calm() || c.task->job_iteration) {
        exit(c, c.behaviour.exit_code);
      }
    });
  }
}

void SimEngine::later(Container const& container,
                      Duration delay,
                      std::function<void(Container&)> what) {
  stage_.queue.after(
      delay, [this, task = container.task->id, life = container.life, what = std::move(what)] {
        auto const found = containers_.find(task);
        if (found != containers_.end() && found->second.life == life) {
          what(found->second);
        }
      });
}

void SimEngine::set_health(Container& container, Health health) {
  container.health = health;
  auto const healthy = health == Health::Healthy;
  emit({healthy ? ContainerEvent::Kind::Healthy : ContainerEvent::Kind::Unhealthy,
        container.task->id,
        0});
}

void SimEngine::exit(Container& container, std::int64_t code) {
  if (container.phase != Phase::Running) {
    return;
  }
  container.phase = Phase::Exited;
  container.exit_code = code;
  container.life = ++lives_;
  stage_.trace.add("{}: {} exits with {}", name_, brief(container.task->id), code);
  emit({ContainerEvent::Kind::Die, container.task->id, code});
}

void SimEngine::emit(ContainerEvent event) {
  if (!up_) {
    return;  // Who reconnects looks for himself.
  }
  bool const lost = !reachable() || (stage_.rough() && random_.chance(0.005));
  stage_.queue.after(random_.about(milliseconds(5)), [this, event, lost] {
    if (auto const listener = listener_.lock()) {
      if (lost || !reachable()) {
        listener->event_lost();
      } else {
        listener->engine_event(event);
      }
    }
  });
}

void SimEngine::tell_reachability() {
  if (auto const listener = listener_.lock()) {
    listener->reachability_changed();
  }
}

}  // namespace swarmward::scheduler::simulation
