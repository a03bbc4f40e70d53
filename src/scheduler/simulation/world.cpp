#include "scheduler/simulation/world.h"

#include <utility>

#include "scheduler/simulation/convergence.h"

namespace swarmward::scheduler::simulation {

using std::chrono::minutes;
using std::chrono::seconds;

World::World(Options options)
    : options_(std::move(options)),
      stage_(options_.traced, options_.trace_lines),
      random_(options_.seed) {}

SimEngine& World::add_host(std::string const& name, model::StringMap labels) {
  auto const started = [this](SimEngine& engine, Container const& container) {
    checks_.started(engine, container);
  };
  auto& engine = engines_[name];
  engine = std::make_unique<SimEngine>(stage_, random_.fork(), name, started);
  model::NodeDescription description;
  description.hostname = name;
  description.platform = {"x86_64", "linux"};
  description.resources = {4'000'000'000, 8LL << 30U, {{"gpu", 2, {}}}};
  engine->describe(std::move(description));
  labels_[name] = std::move(labels);
  if (manager_) {
    join(*engine);
  }
  return *engine;
}

void World::start_manager() {
  manager_ = std::make_unique<Manager>(
      Manager::Surroundings{stage_, disk_, engines_, checks_, options_.sabotage}, random_.fork());
  ++life_;
  if (auto const started = manager_->start(); !started) {
    stage_.fail("the state cannot be read: {}", started.error().message);
    return;
  }
  stage_.trace.add("the manager is up");
}

void World::crash_manager(Duration down_for) {
  if (!manager_) {
    return;
  }
  stage_.trace.add("the manager dies");
  manager_.reset();
  ledger_.crashed();
  stage_.queue.after(down_for, [this, life = life_] {
    if (life == life_ && !manager_) {
      start_manager();
    }
  });
}

void World::join(SimEngine& engine) {
  model::Node node;
  node.id = new_id<model::NodeTag>(random_.bytes());
  node.engine_name = engine.name();
  node.description = engine.description();
  node.spec.annotations.labels = labels_[engine.name()];
  node.status.state = model::NodeState::Unknown;
  bool const first = engine.name() == engines_.begin()->first;
  node.role = node.spec.role = first ? model::NodeRole::Manager : model::NodeRole::Worker;
  auto const add = [node](state::Draft& draft) -> Result<void> {
    draft.put(node);
    return {};
  };
  stage_.trace.add("{} joins as {}", engine.name(), brief(node.id));
  manager_->update(add, [](Result<std::uint64_t> const&) {});
}

/// Hosts whose node was removed come back as new members.
void World::join_later() {
  stage_.queue.after(minutes(2), [this] {
    for (auto const& [name, engine] : engines_) {
      bool member = false;
      if (manager_) {
        for (auto const [id, node] : manager_->head().nodes) {
          member |= node->engine_name == name;
        }
      }
      if (manager_ && !member && engine->reachable()) {
        join(*engine);
      }
    }
    join_later();
  });
}

void World::found_cluster() {
  model::Cluster cluster;
  cluster.id = new_id<model::ClusterTag>(random_.bytes());
  auto const add = [cluster](state::Draft& draft) -> Result<void> {
    draft.put(cluster);
    return {};
  };
  manager_->update(add, [](Result<std::uint64_t> const&) {});
  auto const hosts = random_.between(2, 5);
  for (std::uint64_t host = 0; host < hosts; ++host) {
    add_host("host" + std::to_string(host),
             {{"zone", random_.pick(zones())}, {"disk", random_.pick(disks())}});
  }
}

void World::step() {
  auto const before = stage_.queue.now();
  stage_.queue.run_next();
  if (manager_) {
    manager_->drain();
  }
  ++steps_;
  // The clock moves on by itself with each look at it, so this is about real standstill.
  bool const stands = stage_.queue.now() - before < std::chrono::microseconds(1);
  steps_at_this_moment_ = stands ? steps_at_this_moment_ + 1 : 0;
  if (steps_at_this_moment_ > 100'000) {
    stage_.fail("time stands still");
  }
}

void World::run_for(Duration time) {
  auto const end = stage_.queue.now() + time;
  if (manager_) {
    manager_->drain();  // What was asked for since the last event.
  }
  while (!stage_.violation && !stage_.queue.empty() && stage_.queue.next_time() <= end) {
    step();
  }
  stage_.clock.move_to(end);
}

Result<std::uint64_t> World::change(state::Change change) {
  std::optional<Result<std::uint64_t>> answer;
  manager_->update(std::move(change), [&](Result<std::uint64_t> result) { answer = result; });
  manager_->drain();
  while (!answer && !stage_.queue.empty()) {
    step();
  }
  return answer.value_or(Result<std::uint64_t>(unavailable("no answer")));
}

void World::calm_down() {
  stage_.trace.add("peace");
  stage_.mood = Mood::Calm;
  faults_->end();
  if (!manager_) {
    start_manager();
  }
}

void World::wait_for_convergence() {
  auto const patience = options_.patience + longest_updates(manager_->head());
  auto const until = stage_.queue.now() + patience;
  std::string missing = "nothing was looked at";
  while (!stage_.violation && !missing.empty()) {
    if (stage_.queue.now() >= until) {
      return stage_.fail("not as wanted {} min after the last fault: {}",
                         std::chrono::duration_cast<minutes>(patience).count(),
                         missing);
    }
    run_for(seconds(10));
    missing = unfinished(manager_->head(), engines_);
  }
}

World::Outcome World::run() {
  start_manager();
  found_cluster();
  run_for(seconds(5));
  auto const manager = [this] { return manager_.get(); };
  for (int i = 0; i < 2; ++i) {
    clients_.push_back(
        std::make_unique<Client>(stage_, random_.fork(), ledger_, manager, options_.habits));
    clients_.back()->begin();
  }
  faults_ = std::make_unique<Faults>(
      stage_,
      random_.fork(),
      engines_,
      disk_,
      [this](Duration d) { crash_manager(d); },
      options_.rates);
  faults_->begin();
  join_later();
  auto const start = stage_.queue.now();
  run_for(options_.rough);
  auto const peace = stage_.queue.now();
  if (!stage_.violation) {
    calm_down();
    wait_for_convergence();
  }
  return {stage_.violation,
          stage_.trace.text(),
          steps_,
          ledger_.acknowledged(),
          manager_ ? manager_->head().version : 0,
          stage_.queue.now() - start,
          stage_.queue.now() - peace};
}

}  // namespace swarmward::scheduler::simulation
