#include "scheduler/simulation/faults.h"

#include <utility>

namespace swarmward::scheduler::simulation {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Faults::Faults(Stage& stage,
               Random random,
               Engines& engines,
               Disk& disk,
               std::function<void(Duration)> crash,
               Rates rates)
    : stage_(stage),
      random_(random),
      engines_(engines),
      disk_(disk),
      crash_(std::move(crash)),
      rates_(rates) {}

void Faults::again(Duration mean, std::function<void()> what) {
  stage_.queue.after(random_.about(mean), [this, mean, what = std::move(what)] {
    if (!stage_.calm()) {
      what();
      again(mean, what);
    }
  });
}

void Faults::begin() {
  for (auto const& [name, engine] : engines_) {
    again(rates_.per_engine, [this, target = engine.get()] { hit(*target); });
  }
  again(rates_.per_container, [this] { kill_some_container(); });
  again(rates_.disk, [this] {
    stage_.trace.add("the disk is full");
    disk_.set_full(true);
    stage_.queue.after(random_.between(milliseconds(10), seconds(8)),
                       [this] { disk_.set_full(false); });
  });
  again(rates_.process, [this] {
    crash_(random_.chance(0.2) ? random_.about(minutes(3)) : random_.about(seconds(10)));
  });
}

void Faults::end() {
  disk_.set_full(false);
  for (auto const& [name, engine] : engines_) {
    engine->restore(SimEngine::After::ContainersExited);
    engine->calm_down();
  }
}

/// Short ones pass unnoticed, long ones make a node Down.
Duration Faults::outage() {
  auto const kind = random_.share();
  if (kind < 0.4) {
    return random_.between(milliseconds(100), seconds(14));
  }
  return kind < 0.85 ? random_.between(seconds(14), seconds(90)) : random_.about(minutes(12));
}

void Faults::restore_after(SimEngine& engine, Duration time) {
  bool const wiped = random_.chance(0.3);
  stage_.queue.after(time, [this, target = &engine, wiped] {
    if (!stage_.calm()) {
      target->restore(wiped ? SimEngine::After::Wiped : SimEngine::After::ContainersExited);
    }
  });
}

void Faults::hit(SimEngine& engine) {
  auto const kind = random_.share();
  if (kind < 0.1) {
    return change_resources(engine);
  }
  if (kind < 0.25) {
    return engine.stall(random_.between(seconds(1), seconds(40)));
  }
  if (!engine.reachable()) {
    return;
  }
  if (kind < 0.6) {
    engine.cut_link();
  } else if (kind < 0.8) {
    engine.power_off();
  } else {
    engine.stop_daemon(random_.chance(0.5));
  }
  restore_after(engine, outage());
}

void Faults::kill_some_container() {
  std::vector<std::pair<SimEngine*, model::TaskId>> running;
  for (auto const& [name, engine] : engines_) {
    for (auto const& [id, container] : engine->containers()) {
      if (container.phase == Phase::Running) {
        running.emplace_back(engine.get(), id);
      }
    }
  }
  if (!running.empty()) {
    auto const& [engine, task] = random_.pick(running);
    stage_.trace.add("somebody kills the container of {}", brief(task));
    engine->kill_container(task);
  }
}

void Faults::change_resources(SimEngine& engine) {
  auto description = engine.description();
  auto& cpus = description.resources.nano_cpus;
  cpus = random_.pick<std::int64_t>({2, 4, 8}) * 1'000'000'000;
  stage_.trace.add("{} now has {} cpus", engine.name(), cpus / 1'000'000'000);
  engine.describe(std::move(description));
}

}  // namespace swarmward::scheduler::simulation
