#pragma once

#include "model/config.h"
#include "model/secret.h"
#include "wire/fields/common.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::SecretSpec> = "swarm.SecretSpec";
template <>
inline constexpr std::string_view kGoType<model::ConfigSpec> = "swarm.ConfigSpec";

/// Clients never get the data back.
template <class A>
void describe(A& a, Ref<A, model::SecretSpec> spec) {
  describe_annotations(a, spec.annotations);
  if (A::kReading || a.stored()) {
    a.bytes("Data", spec.data);
  }
  a.omit("Driver", spec.driver);
  a.omit("Templating", spec.templating);
}

template <class A>
void describe(A& a, Ref<A, model::Secret> secret) {
  describe_head(a, secret.id, secret.meta);
  a.keep("Spec", secret.spec);
}

template <class A>
void describe(A& a, Ref<A, model::ConfigSpec> spec) {
  describe_annotations(a, spec.annotations);
  a.bytes("Data", spec.data);
  a.omit("Templating", spec.templating);
}

template <class A>
void describe(A& a, Ref<A, model::Config> config) {
  describe_head(a, config.id, config.meta);
  a.keep("Spec", config.spec);
}

}  // namespace swarmward::wire
