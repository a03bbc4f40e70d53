#pragma once

#include "model/service.h"
#include "wire/fields/container.h"
#include "wire/fields/resources.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::RestartPolicy> = "swarm.RestartPolicy";
template <>
inline constexpr std::string_view kGoType<model::Platform> = "swarm.Platform";
template <>
inline constexpr std::string_view kGoType<model::Placement> = "swarm.Placement";
template <>
inline constexpr std::string_view kGoType<model::NetworkAttachmentConfig> =
    "swarm.NetworkAttachmentConfig";
template <>
inline constexpr std::string_view kGoType<model::TaskSpec> = "swarm.TaskSpec";

template <class A>
void describe(A& a, Ref<A, model::RestartPolicy> policy) {
  a.omit("Condition", policy.condition);
  a.omit("Delay", policy.delay);
  a.omit("MaxAttempts", policy.max_attempts);
  a.omit("Window", policy.window);
  if constexpr (A::kReading) {
    normalise(a, policy);
  }
}

template <class A>
void describe(A& a, Ref<A, model::Platform> platform) {
  a.omit("Architecture", platform.architecture);
  a.omit("OS", platform.os);
}

struct SpreadField {
  static constexpr std::string_view kGo = "swarm.SpreadOver";
  std::string descriptor;
};
template <class A>
void describe(A& a, Ref<A, SpreadField> spread) {
  a.keep("SpreadDescriptor", spread.descriptor);
}

struct PreferenceField {
  static constexpr std::string_view kGo = "swarm.PlacementPreference";
  std::optional<SpreadField> spread;
};
template <class A>
void describe(A& a, Ref<A, PreferenceField> preference) {
  a.nullable("Spread", preference.spread);
}

template <class A>
void describe(A& a, Ref<A, model::Placement> placement) {
  std::vector<PreferenceField> preferences;
  for (auto const& descriptor : placement.spread_preferences) {
    preferences.push_back({SpreadField{descriptor}});
  }
  a.omit("Constraints", placement.constraints);
  a.omit("Preferences", preferences);
  a.omit("MaxReplicas", placement.max_replicas);
  a.omit("Platforms", placement.platforms);
  if constexpr (A::kReading) {
    placement.spread_preferences.clear();
    for (auto const& preference : preferences) {
      if (preference.spread) {  // Another kind than ours, or none: swarm mode drops it, too.
        placement.spread_preferences.push_back(preference.spread->descriptor);
      }
    }
  }
}

template <class A>
void describe(A& a, Ref<A, model::NetworkAttachmentConfig> network) {
  a.omit("Target", network.target);
  a.omit("Aliases", network.aliases);
  a.omit("DriverOpts", network.driver_options);
}

template <class A>
void describe(A& a, Ref<A, model::TaskSpec> task) {
  a.omit("ContainerSpec", task.container);
  a.omit("Resources", task.resources);
  a.omit("RestartPolicy", task.restart);
  a.omit("Placement", task.placement);
  a.omit("Networks", task.networks);
  a.omit("LogDriver", task.log_driver);
  a.keep("ForceUpdate", task.force_update);
  a.omit("Runtime", task.runtime);
}

}  // namespace swarmward::wire
