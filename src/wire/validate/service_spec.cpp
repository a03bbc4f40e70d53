#include "wire/validate/service_spec.h"

#include <algorithm>
#include <limits>

#include "model/template/container_templates.h"
#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

constexpr std::size_t kMaxNameLength = 63;

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
  auto const negative = [](std::uint64_t count) {
    return count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  };
  if (auto const* replicated = std::get_if<model::Replicated>(&mode);
      replicated != nullptr && negative(replicated->replicas)) {
    return rule_broken("Number of replicas must be non-negative");
  }
  if (auto const* job = std::get_if<model::ReplicatedJob>(&mode)) {
    if (negative(job->max_concurrent)) {
      return rule_broken("Maximum concurrent jobs must not be negative");
    }
    if (negative(job->total_completions)) {
      return rule_broken("Total completed jobs must not be negative");
    }
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
