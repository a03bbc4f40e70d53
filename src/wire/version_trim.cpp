#include <array>

#include <nlohmann/json.hpp>

#include "wire/service.h"

namespace swarmward::wire {

namespace {

void clear_new_in_1_40(model::ServiceSpec& spec) {
  if (spec.task.placement) {
    spec.task.placement->max_replicas = 0;
  }
  if (!spec.task.container) {
    return;
  }
  auto& container = *spec.task.container;
  container.sysctls.clear();
  if (container.privileges && container.privileges->credential_spec) {
    container.privileges->credential_spec->config.clear();
  }
  for (auto& reference : container.configs) {
    reference.runtime = false;
  }
}

void clear_new_in_1_41(model::ServiceSpec& spec) {
  // Native forgets the mode, so that what is left is an ordinary service with one replica.
  if (std::holds_alternative<model::ReplicatedJob>(spec.mode) ||
      std::holds_alternative<model::GlobalJob>(spec.mode)) {
    spec.mode = model::Replicated{};
  }
  if (spec.task.resources && spec.task.resources->limits) {
    spec.task.resources->limits->pids = 0;
  }
  if (spec.task.container) {
    spec.task.container->capability_add.clear();
    spec.task.container->capability_drop.clear();
    spec.task.container->ulimits.clear();
  }
}

void clear_new_in_1_44(model::ServiceSpec& spec) {
  if (!spec.task.container) {
    return;
  }
  auto& container = *spec.task.container;
  if (container.privileges) {
    container.privileges->seccomp.reset();
    container.privileges->apparmor_mode.reset();
    container.privileges->no_new_privileges = false;
  }
  if (container.healthcheck) {
    container.healthcheck->start_interval = {};
  }
}

void clear_new_in_1_46(model::ServiceSpec& spec) {
  if (!spec.task.container) {
    return;
  }
  spec.task.container->oom_score_adj = 0;
  for (auto& mount : spec.task.container->mounts) {
    if (mount.tmpfs) {
      mount.tmpfs->options.clear();
    }
  }
}

void clear_new_in_1_52(model::ServiceSpec& spec) {
  if (spec.task.resources) {
    spec.task.resources->swap_bytes.reset();
    spec.task.resources->memory_swappiness.reset();
  }
}

struct Step {
  unsigned minor;  ///< The first 1.x that knows what `clear` clears.
  void (*clear)(model::ServiceSpec&);
};

constexpr std::array kSteps{
    Step{40, clear_new_in_1_40},
    Step{41, clear_new_in_1_41},
    Step{44, clear_new_in_1_44},
    Step{46, clear_new_in_1_46},
    Step{52, clear_new_in_1_52},
};

}  // namespace

void add_legacy_networks(nlohmann::json& service) {
  for (auto const* key : {"Spec", "PreviousSpec"}) {
    auto const spec = service.find(key);
    if (spec != service.end() && (*spec)["TaskTemplate"].contains("Networks")) {
      (*spec)["Networks"] = (*spec)["TaskTemplate"]["Networks"];
    }
  }
}

void trim_for_version(model::ServiceSpec& spec, unsigned major, unsigned minor) {
  for (auto const& step : kSteps) {
    if (major < 1 || (major == 1 && minor < step.minor)) {
      step.clear(spec);
    }
  }
}

}  // namespace swarmward::wire
