#include "model/constraint.h"
#include "wire/codec/text.h"
#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

constexpr std::int64_t kMinNanoCpus = 1'000'000;
constexpr std::int64_t kMinMemory = 4 * 1024 * 1024;
constexpr double kNano = 1e9;

Result<void> validate_amounts(std::int64_t nano_cpus, std::int64_t memory_bytes) {
  if (nano_cpus != 0 && nano_cpus < kMinNanoCpus) {
    return rule_broken("invalid cpu value " + go_float(static_cast<double>(nano_cpus) / kNano) +
                       ": Must be at least " + go_float(static_cast<double>(kMinNanoCpus) / kNano));
  }
  if (memory_bytes != 0 && memory_bytes < kMinMemory) {
    return rule_broken("invalid memory value " + std::to_string(memory_bytes) +
                       ": Must be at least 4MiB");
  }
  return {};
}

}  // namespace

Result<void> validate_resources(model::ResourceRequirements const& resources) {
  if (auto const& limits = resources.limits) {
    if (auto checked = validate_amounts(limits->nano_cpus, limits->memory_bytes); !checked) {
      return checked;
    }
  }
  if (auto const& reservations = resources.reservations) {
    return validate_amounts(reservations->nano_cpus, reservations->memory_bytes);
  }
  return {};
}

Result<void> validate_restart(model::RestartPolicy const& policy) {
  if (policy.delay.value_or(Duration{}) < Duration{}) {
    return rule_broken("TaskSpec: restart-delay cannot be negative");
  }
  if (policy.window.value_or(Duration{}) < Duration{}) {
    return rule_broken("TaskSpec: restart-window cannot be negative");
  }
  return {};
}

Result<void> validate_placement(model::Placement const& placement) {
  for (auto const& text : placement.constraints) {
    if (auto const constraint = model::parse_constraint(text); !constraint) {
      // Native's text, but not its 500: a bad constraint is the client's mistake.
      return invalid_argument(constraint.error().message);
    }
  }
  return {};
}

Result<void> validate_update(model::UpdateConfig const& config) {
  if (config.delay < Duration{}) {
    return rule_broken("TaskSpec: update-delay cannot be negative");
  }
  if (config.monitor.value_or(Duration{}) < Duration{}) {
    return rule_broken("TaskSpec: update-monitor cannot be negative");
  }
  if (config.max_failure_ratio < 0 || config.max_failure_ratio > 1) {
    return rule_broken("TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1");
  }
  return {};
}

}  // namespace swarmward::wire
