#include "scheduler/updater/update_settings.h"

#include <algorithm>

#include "model/schedule.h"
#include "model/ward_labels.h"

namespace swarmward::scheduler {

namespace {

bool is_rolling_back(model::Service const& service) {
  auto const& status = service.update_status;
  return status && (status->state == model::UpdateState::RollbackStarted ||
                    status->state == model::UpdateState::RollbackPaused ||
                    status->state == model::UpdateState::RollbackCompleted);
}

bool publishes_on_host(model::ServiceSpec const& spec) {
  return spec.endpoint && std::ranges::any_of(spec.endpoint->ports, [](auto const& port) {
           return port.publish_mode == model::PublishMode::Host && port.published_port != 0;
         });
}

/// The time that a health check may need, and five minutes for all that comes before it.
Duration default_deadline(model::TaskSpec const& spec) {
  if (!spec.container || !spec.container->healthcheck) {
    return kDefaultProgressDeadline;
  }
  // Source of the two defaults: the engine's, for a check that leaves them out.
  auto const& check = *spec.container->healthcheck;
  auto const interval =
      check.interval == Duration::zero() ? std::chrono::seconds(30) : check.interval;
  auto const retries = check.retries == 0 ? 3 : check.retries;
  auto const healthy_by = check.start_period + interval * retries + std::chrono::minutes(5);
  return std::max<Duration>(kDefaultProgressDeadline, healthy_by);
}

/// The tasks of a run start together, and how one ends says nothing about the next.
void run_at_once(UpdateSettings& settings) {
  settings.parallelism = 0;
  settings.delay = Duration::zero();
  settings.failure_action = model::FailureAction::Continue;
  settings.order = model::UpdateOrder::StopFirst;
  settings.gated = false;
}

}  // namespace

UpdateSettings update_settings(model::Service const& service) {
  UpdateSettings settings;
  settings.rolling_back = is_rolling_back(service);
  auto const& spec = *service.spec;
  auto const& config = settings.rolling_back ? spec.rollback : spec.update;
  if (config) {
    settings.parallelism = config->parallelism;
    settings.delay = config->delay;
    settings.failure_action = config->failure_action;
    settings.max_failure_ratio = config->max_failure_ratio;
    settings.order = config->order;
    auto const monitor = config->monitor.value_or(Duration::zero());
    settings.monitor = monitor == Duration::zero() ? kDefaultMonitor : monitor;
  }
  if (publishes_on_host(spec)) {
    settings.order = model::UpdateOrder::StopFirst;
  }
  auto const& labels = spec.annotations.labels;
  settings.gated =
      model::has_update_gate(labels) && settings.failure_action != model::FailureAction::Continue;
  if (!settings.rolling_back && model::scheduled_run(labels)) {
    run_at_once(settings);
  }
  settings.deadline = model::update_deadline(labels).value_or(default_deadline(spec.task));
  return settings;
}

}  // namespace swarmward::scheduler
