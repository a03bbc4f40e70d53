#include "wire/validate/service_spec.h"

#include <algorithm>
#include <limits>
#include <string>

#include "model/template/container_templates.h"
#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

constexpr std::size_t kMaxNameLength = 63;
/// Every task is a record of the manager: 1.5 GiB for so many, and more while they are made. Native
/// has no limit and ends for want of memory, again at each start, for the service is stored.
constexpr std::uint64_t kMaxTasks = 1'000'000;

Result<void> validate_task(model::TaskSpec const& task, model::Annotations const& service) {
  if (task.resources) {
    if (auto checked = validate_resources(*task.resources); !checked) {
      return checked;
    }
  }
  if (task.restart) {
    if (auto checked = validate_restart(*task.restart); !checked) {
      return checked;
    }
  }
  if (task.placement) {
    if (auto checked = validate_placement(*task.placement); !checked) {
      return checked;
    }
  }
  if (!task.container) {
    return rule_broken("TaskSpec: missing runtime");
  }
  if (auto checked = validate_references(*task.container); !checked) {
    return checked;
  }
  if (auto const expanded = model::check_templates(*task.container, service); !expanded) {
    return rule_broken(expanded.error().message);
  }
  return validate_container(*task.container);
}

/// Go counts them as int64.
bool is_negative(std::uint64_t count) {
  return count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

Result<void> validate_task_count(std::uint64_t count, std::string const& if_negative) {
  if (is_negative(count)) {
    return rule_broken(if_negative);
  }
  if (count > kMaxTasks) {
    return rule_broken("a service may have at most " + std::to_string(kMaxTasks) + " tasks");
  }
  return {};
}

bool is_job(model::ServiceMode const& mode) {
  return std::holds_alternative<model::ReplicatedJob>(mode) ||
         std::holds_alternative<model::GlobalJob>(mode);
}

}  // namespace

Result<void> validate_name(std::string_view name) {
  if (name.empty()) {
    return rule_broken("meta: name must be provided");
  }
  bool const well_formed =
      is_alnum(name.front()) && is_alnum(name.back()) &&
      std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
  if (!well_formed) {
    return rule_broken("name must be valid as a DNS name component");
  }
  if (name.size() > kMaxNameLength) {
    return rule_broken("name must be 63 characters or fewer");
  }
  return {};
}

Result<void> validate_mode(model::ServiceMode const& mode) {
  if (auto const* replicated = std::get_if<model::Replicated>(&mode)) {
    return validate_task_count(replicated->replicas, "Number of replicas must be non-negative");
  }
  if (auto const* job = std::get_if<model::ReplicatedJob>(&mode)) {
    if (is_negative(job->max_concurrent)) {
      return rule_broken("Maximum concurrent jobs must not be negative");
    }
    return validate_task_count(job->total_completions, "Total completed jobs must not be negative");
  }
  return {};
}

Result<void> validate_service_spec(model::ServiceSpec const& spec) {
  if (auto checked = validate_name(spec.annotations.name); !checked) {
    return checked;
  }
  if (auto checked = validate_task(spec.task, spec.annotations); !checked) {
    return checked;
  }
  if (is_job(spec.mode) && spec.update) {
    return rule_broken("Jobs may not have an update config");
  }
  if (spec.update) {
    // Native leaves the numbers of RollbackConfig unchecked.
    if (auto checked = validate_update(*spec.update); !checked) {
      return checked;
    }
  }
  if (spec.endpoint) {
    if (auto checked = validate_endpoint(*spec.endpoint); !checked) {
      return checked;
    }
  }
  return validate_mode(spec.mode);
}

}  // namespace swarmward::wire
