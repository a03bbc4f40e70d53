#include <nlohmann/json.hpp>

#include "wire/service.h"

namespace swarmward::wire {

namespace {

constexpr Duration kStopGracePeriod = std::chrono::seconds(10);
constexpr Duration kMonitor = std::chrono::seconds(5);

void complete(std::optional<model::UpdateConfig>& config) {
  if (!config) {
    config.emplace().parallelism = 1;
  }
  if (!config->monitor) {
    config->monitor = kMonitor;
  }
}

template <class T>
void make_present(std::optional<T>& part) {
  if (!part) {
    part.emplace();
  }
}

}  // namespace

model::ServiceSpec insert_defaults(model::ServiceSpec spec) {
  if (spec.task.container) {
    auto& container = *spec.task.container;
    container.stop_grace_period = container.stop_grace_period.value_or(kStopGracePeriod);
    make_present(container.dns);
  }
  make_present(spec.task.resources);
  make_present(spec.task.placement);
  make_present(spec.task.restart);
  auto& restart = *spec.task.restart;
  restart.delay = restart.delay.value_or(model::kDefaultRestartDelay);
  restart.max_attempts = restart.max_attempts.value_or(0);
  complete(spec.update);
  complete(spec.rollback);
  return spec;
}

nlohmann::json with_insert_defaults(model::Service const& service) {
  auto document = to_json(service);
  document["Spec"] = to_json(insert_defaults(*service.spec));
  return document;
}

}  // namespace swarmward::wire
