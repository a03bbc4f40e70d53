// What befalls a simulated engine.
#include <utility>

#include "scheduler/simulation/engine.h"

namespace swarmward::scheduler::simulation {

using std::chrono::seconds;

void SimEngine::cut_link() {
  stage_.trace.add("{} is cut off", name_);
  linked_ = false;
  tell_reachability();
}

void SimEngine::power_off() {
  stage_.trace.add("{} loses power", name_);
  powered_ = up_ = false;
  for (auto& [id, container] : containers_) {
    exit(container, 137);
  }
  tell_reachability();
}

void SimEngine::stop_daemon(bool containers_live_on) {
  stage_.trace.add(
      "{}: the daemon stops, containers {}", name_, containers_live_on ? "go on" : "end");
  up_ = false;
  for (auto& [id, container] : containers_) {
    if (!containers_live_on) {
      exit(container, 137);
    }
  }
  tell_reachability();
}

void SimEngine::restore(After after) {
  stage_.trace.add("{} is back{}", name_, after == After::Wiped ? ", wiped" : "");
  if (after == After::Wiped && !powered_) {
    containers_.clear();
    images_.clear();
  }
  powered_ = up_ = linked_ = true;
  stalled_until_ = {};
  tell_reachability();
}

void SimEngine::describe(model::NodeDescription description) {
  description_ = std::move(description);
  if (auto const listener = listener_.lock()) {
    listener->description_changed();
  }
}

void SimEngine::kill_container(model::TaskId const& task) {
  auto const found = containers_.find(task);
  if (found == containers_.end()) {
    return;
  }
  exit(found->second, 137);
  if (random_.chance(0.3)) {
    static_cast<void>(remove(task));
  }
}

void SimEngine::calm_down() {
  for (auto& [id, container] : containers_) {
    container.behaviour.ignores_term = false;
    if (container.behaviour.has_healthcheck) {
      container.behaviour.healthy_after = seconds(5);
    }
    if (container.phase == Phase::Running && container.health == Health::Starting) {
      later(container, random_.between(seconds(1), seconds(10)), [this](auto& c) {
        set_health(c, Health::Healthy);
      });
    }
  }
}

}  // namespace swarmward::scheduler::simulation
