#pragma once

#include "model/resources.h"
#include "wire/fields/common.h"
#include "wire/fields/normalise.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::GenericResource> = "swarm.GenericResource";
template <>
inline constexpr std::string_view kGoType<model::ResourceLimits> = "swarm.Limit";
template <>
inline constexpr std::string_view kGoType<model::Resources> = "swarm.Resources";
template <>
inline constexpr std::string_view kGoType<model::ResourceRequirements> =
    "swarm.ResourceRequirements";

struct DiscreteResourceField {
  static constexpr std::string_view kGo = "swarm.DiscreteGenericResource";
  std::string kind;
  std::int64_t value = 0;
};
template <class A>
void describe(A& a, Ref<A, DiscreteResourceField> resource) {
  a.omit("Kind", resource.kind);
  a.omit("Value", resource.value);
}

struct NamedResourceField {
  static constexpr std::string_view kGo = "swarm.NamedGenericResource";
  std::string kind;
  std::string value;
};
template <class A>
void describe(A& a, Ref<A, NamedResourceField> resource) {
  a.omit("Kind", resource.kind);
  a.omit("Value", resource.value);
}

template <class A>
void describe(A& a, Ref<A, model::GenericResource> resource) {
  std::optional<DiscreteResourceField> discrete;
  std::optional<NamedResourceField> named;
  if (resource.name.empty()) {
    discrete = DiscreteResourceField{resource.kind, resource.count};
  } else {
    named = NamedResourceField{resource.kind, resource.name};
  }
  a.omit("DiscreteResourceSpec", discrete);
  a.omit("NamedResourceSpec", named);
  if constexpr (A::kReading) {
    if (named) {
      resource = {named->kind, 0, named->value};
    } else if (discrete) {
      resource = {discrete->kind, discrete->value, ""};
    }
  }
}

template <class A>
void describe(A& a, Ref<A, model::ResourceLimits> limits) {
  a.omit("NanoCPUs", limits.nano_cpus);
  a.omit("MemoryBytes", limits.memory_bytes);
  a.omit("Pids", limits.pids);
}

template <class A>
void describe(A& a, Ref<A, model::Resources> resources) {
  a.omit("NanoCPUs", resources.nano_cpus);
  a.omit("MemoryBytes", resources.memory_bytes);
  a.omit("GenericResources", resources.generic);
}

template <class A>
void describe(A& a, Ref<A, model::ResourceRequirements> requirements) {
  a.omit("Limits", requirements.limits);
  a.omit("Reservations", requirements.reservations);
  a.omit("SwapBytes", requirements.swap_bytes);
  a.omit("MemorySwappiness", requirements.memory_swappiness);
  if constexpr (A::kReading) {
    normalise(a, requirements);
  }
}

}  // namespace swarmward::wire
