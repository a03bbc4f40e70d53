#include "scheduler/simulation/spec_maker.h"

#include "scheduler/simulation/behaviour.h"
#include "scheduler/simulation/operations.h"

namespace swarmward::scheduler::simulation {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<std::string> const& zones() {
  static std::vector<std::string> const all{"a", "b", "c"};
  return all;
}

std::vector<std::string> const& disks() {
  static std::vector<std::string> const all{"ssd", "hdd"};
  return all;
}

model::ServiceMode SpecMaker::mode() {
  auto const kind = random_.share();
  if (jobs_ && kind < 0.15) {
    return model::ReplicatedJob{random_.between(1, 3), random_.between(1, 8)};
  }
  if (jobs_ && kind < 0.25) {
    return model::GlobalJob{};
  }
  if (kind < 0.45) {
    return model::Global{};
  }
  return model::Replicated{random_.between(0, 6)};
}

model::RestartPolicy SpecMaker::restart_policy() {
  model::RestartPolicy policy;
  policy.condition = random_.pick<model::RestartCondition>({model::RestartCondition::Any,
                                                            model::RestartCondition::Any,
                                                            model::RestartCondition::OnFailure,
                                                            model::RestartCondition::None});
  if (random_.chance(0.5)) {
    policy.delay = random_.pick<Duration>({seconds(0), milliseconds(100), seconds(2), seconds(20)});
  }
  if (random_.chance(0.4)) {
    policy.max_attempts = random_.between(0, 4);
  }
  if (random_.chance(0.3)) {
    policy.window = random_.pick<Duration>({seconds(0), seconds(10), seconds(120)});
  }
  return policy;
}

model::UpdateConfig SpecMaker::update_config() {
  model::UpdateConfig config;
  config.parallelism = random_.between(0, 3);
  config.delay = random_.pick<Duration>({seconds(0), seconds(0), seconds(2), seconds(15)});
  config.failure_action = random_.pick<model::FailureAction>({model::FailureAction::Pause,
                                                              model::FailureAction::Continue,
                                                              model::FailureAction::Rollback});
  if (random_.chance(0.5)) {
    config.monitor = random_.pick<Duration>({seconds(0), seconds(1), seconds(5), seconds(30)});
  }
  config.max_failure_ratio = random_.pick<double>({0, 0, 0.3, 0.5});
  config.order =
      random_.chance(0.3) ? model::UpdateOrder::StartFirst : model::UpdateOrder::StopFirst;
  return config;
}

std::string SpecMaker::constraint() {
  switch (random_.between(0, 5)) {
    case 0:
      return "node.labels.zone == " + random_.pick(zones());
    case 1:
      return "node.labels.zone != " + random_.pick(zones());
    case 2:
      return "node.labels.disk == " + random_.pick(disks());
    case 3:
      return "node.hostname != host" + std::to_string(random_.between(0, 3));
    case 4:
      return "node.role == worker";
    default:
      return "node.labels.nobody-has-it == x";
  }
}

model::Placement SpecMaker::placement() {
  model::Placement placement;
  if (random_.chance(0.5)) {
    placement.constraints.push_back(constraint());
  }
  if (random_.chance(0.4)) {
    placement.spread_preferences.push_back("node.labels.zone");
  }
  if (random_.chance(0.3)) {
    placement.max_replicas = random_.between(1, 2);
  }
  if (random_.chance(0.1)) {
    placement.platforms.push_back({random_.chance(0.5) ? "amd64" : "arm64", "linux"});
  }
  return placement;
}

model::ResourceRequirements SpecMaker::reservations() {
  model::ResourceRequirements wanted;
  wanted.reservations = model::Resources{};
  wanted.reservations->nano_cpus = static_cast<std::int64_t>(random_.between(1, 6)) * 500'000'000;
  wanted.reservations->memory_bytes = static_cast<std::int64_t>(random_.between(0, 4)) << 30U;
  if (random_.chance(0.3)) {
    wanted.reservations->generic.push_back(
        {"gpu", static_cast<std::int64_t>(random_.between(1, 2)), {}});
  }
  return wanted;
}

model::EndpointSpec SpecMaker::endpoint() {
  model::EndpointSpec endpoint;
  model::PortConfig port;
  port.target_port = 80;
  port.published_port = static_cast<std::uint32_t>(random_.between(8080, 8082));
  port.publish_mode = model::PublishMode::Host;
  endpoint.ports.push_back(port);
  return endpoint;
}

model::ServiceSpec SpecMaker::fresh(std::string name) {
  model::ServiceSpec spec;
  spec.annotations.name = std::move(name);
  spec.mode = mode();
  spec.task.container = model::ContainerSpec{};
  spec.task.container->image = random_.chance(0.6) ? "steady" : random_.pick(all_images());
  if (random_.chance(0.5)) {
    spec.task.container->stop_grace_period = seconds(random_.between(0, 25));
  }
  if (random_.chance(0.5)) {
    spec.task.restart = restart_policy();
  }
  if (random_.chance(0.4)) {
    spec.task.placement = placement();
  }
  if (random_.chance(0.3)) {
    spec.task.resources = reservations();
  }
  if (random_.chance(0.15)) {
    spec.endpoint = endpoint();
  }
  if (!is_job_spec(spec)) {
    edit_update(spec);
  }
  return spec;
}

void SpecMaker::edit_update(model::ServiceSpec& spec) {
  if (random_.chance(0.7)) {
    spec.update = update_config();
  }
  if (random_.chance(0.5)) {
    spec.rollback = update_config();
  }
}

void SpecMaker::scale(model::ServiceSpec& spec) {
  if (auto* replicated = std::get_if<model::Replicated>(&spec.mode)) {
    replicated->replicas = random_.between(0, 8);
  } else if (auto* job = std::get_if<model::ReplicatedJob>(&spec.mode)) {
    job->total_completions = random_.between(1, 8);
  } else {
    spec.annotations.labels["scaled"] = std::to_string(++count_);
  }
}

void SpecMaker::edit_task(model::TaskSpec& task) {
  switch (random_.between(0, 6)) {
    case 0:
      task.container->image = random_.pick(all_images());
      break;
    case 1:
      task.container->env = {"VERSION=" + std::to_string(++count_)};
      break;
    case 2:
      task.force_update++;
      break;
    case 3:
      task.placement = placement();
      break;
    case 4:
      task.restart = restart_policy();
      break;
    case 5:
      task.resources = random_.chance(0.5) ? std::optional(reservations()) : std::nullopt;
      break;
    default:
      task.container->image = "steady";
      break;
  }
}

void SpecMaker::edit(model::ServiceSpec& spec) {
  auto const what = random_.share();
  if (what < 0.7) {
    edit_task(spec.task);
  }
  if (what > 0.6 && what < 0.75 && !is_job_spec(spec)) {
    edit_update(spec);
  }
  if (what > 0.75 && what < 0.85) {
    spec.endpoint = random_.chance(0.5) ? std::optional(endpoint()) : std::nullopt;
  }
  if (what > 0.85) {
    spec.annotations.labels["edited"] = std::to_string(++count_);
  }
}

}  // namespace swarmward::scheduler::simulation
