#pragma once

#include "wire/fields/task_spec.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::UpdateConfig> = "swarm.UpdateConfig";
template <>
inline constexpr std::string_view kGoType<model::PortConfig> = "swarm.PortConfig";
template <>
inline constexpr std::string_view kGoType<model::EndpointSpec> = "swarm.EndpointSpec";
template <>
inline constexpr std::string_view kGoType<model::ServiceSpec> = "swarm.ServiceSpec";

template <class A>
void describe(A& a, Ref<A, model::UpdateConfig> config) {
  a.keep("Parallelism", config.parallelism);
  a.omit("Delay", config.delay);
  a.omit("FailureAction", config.failure_action);
  a.omit("Monitor", config.monitor);
  a.keep("MaxFailureRatio", config.max_failure_ratio);
  a.keep("Order", config.order);
  if constexpr (A::kReading) {
    normalise(a, config);
  }
}

template <class A>
void describe(A& a, Ref<A, model::PortConfig> port) {
  a.omit("Name", port.name);
  a.omit("Protocol", port.protocol);
  a.omit("TargetPort", port.target_port);
  a.omit("PublishedPort", port.published_port);
  a.omit("PublishMode", port.publish_mode);
}

template <class A>
void describe(A& a, Ref<A, model::EndpointSpec> endpoint) {
  a.omit("Mode", endpoint.mode);
  a.omit("Ports", endpoint.ports);
}

struct ReplicatedField {
  static constexpr std::string_view kGo = "swarm.ReplicatedService";
  std::optional<std::uint64_t> replicas;
};
template <class A>
void describe(A& a, Ref<A, ReplicatedField> mode) {
  a.omit("Replicas", mode.replicas);
}

struct ReplicatedJobField {
  static constexpr std::string_view kGo = "swarm.ReplicatedJob";
  std::optional<std::uint64_t> max_concurrent;
  std::optional<std::uint64_t> total_completions;
};
template <class A>
void describe(A& a, Ref<A, ReplicatedJobField> mode) {
  a.omit("MaxConcurrent", mode.max_concurrent);
  a.omit("TotalCompletions", mode.total_completions);
}

/// `{}`: a mode that has nothing to say.
struct EmptyModeField {
  static constexpr std::string_view kGo = "swarm.GlobalService";
};
template <class A>
void describe(A& /*a*/, Ref<A, EmptyModeField> /*mode*/) {}

/// The mode as the wire has it: one of four members.
struct ModeField {
  static constexpr std::string_view kGo = "swarm.ServiceMode";
  std::optional<ReplicatedField> replicated;
  std::optional<EmptyModeField> global;
  std::optional<ReplicatedJobField> replicated_job;
  std::optional<EmptyModeField> global_job;
};
template <class A>
void describe(A& a, Ref<A, ModeField> mode) {
  a.omit("Replicated", mode.replicated);
  a.omit("Global", mode.global);
  a.omit("ReplicatedJob", mode.replicated_job);
  a.omit("GlobalJob", mode.global_job);
}

[[nodiscard]] ModeField mode_field(model::ServiceMode const& mode);
/// Materialises native's defaults. Errors: InvalidArgument if there are several modes.
[[nodiscard]] Result<model::ServiceMode> mode_of(ModeField const& field);

template <class A>
void describe(A& a, Ref<A, model::ServiceSpec> spec) {
  auto mode = mode_field(spec.mode);
  describe_annotations(a, spec.annotations);
  a.keep("TaskTemplate", spec.task);
  a.keep("Mode", mode);
  a.omit("UpdateConfig", spec.update);
  a.omit("RollbackConfig", spec.rollback);
  a.omit("EndpointSpec", spec.endpoint);
  if constexpr (A::kReading) {
    if (auto read = mode_of(mode)) {
      spec.mode = *read;
    } else {
      a.fail(read.error());
    }
  }
}

}  // namespace swarmward::wire
