#pragma once

#include "model/task.h"
#include "wire/fields/network.h"
#include "wire/fields/service.h"

namespace swarmward::wire {

template <class A>
void describe(A& a, Ref<A, model::ContainerStatus> status) {
  a.keep("ContainerID", status.container_id);
  a.keep("PID", status.pid);
  a.keep("ExitCode", status.exit_code);
}

struct PortStatusField {
  std::vector<model::PortConfig> ports;
};
template <class A>
void describe(A& a, Ref<A, PortStatusField> status) {
  a.omit("Ports", status.ports);
}

/// The node could not make the container. Native then shows one without an id, which clients read.
[[nodiscard]] inline bool lacks_container(model::TaskStatus const& status) {
  return status.state == model::TaskState::Rejected && status.message == "preparing" &&
         !status.container;
}

template <class A>
void describe(A& a, Ref<A, model::TaskStatus> status) {
  PortStatusField ports{status.ports};
  a.keep("Timestamp", status.timestamp);
  a.keep("State", status.state);
  a.omit("Message", status.message);
  a.omit("Err", status.err);
  if (!A::kReading && !a.stored() && lacks_container(status)) {
    model::ContainerStatus none;
    a.keep("ContainerStatus", none);
  } else {
    a.omit("ContainerStatus", status.container);
  }
  a.keep("PortStatus", ports);
  if constexpr (A::kReading) {
    status.ports = std::move(ports.ports);
  }
}

template <class A>
void describe(A& a, Ref<A, model::Task> task) {
  std::optional<VersionField> iteration;
  if (task.job_iteration) {
    iteration = VersionField{*task.job_iteration};
  }
  describe_head(a, task.id, task.meta);
  a.keep("Spec", task.spec);
  a.omit("ServiceID", task.service_id);
  a.omit("Slot", task.slot);
  a.omit("NodeID", task.node_id);
  a.keep("Status", task.status);
  a.omit("DesiredState", task.desired_state);
  a.omit("GenericResources", task.generic_resources);
  a.omit("JobIteration", iteration);
  a.internal("networks", task.networks);
  a.internal("spec_version", task.spec_version);
  a.internal("service_annotations", task.service_annotations);
  a.internal("endpoint", task.endpoint);
  a.internal("replaces", task.replaces);
  a.internal("start_not_before", task.start_not_before);
  a.internal("running_since", task.running_since);
  a.internal("origin", task.origin);
  a.internal("failures_before", task.failures_before);
  a.internal("restarts", task.restarts);
  if constexpr (A::kReading) {
    task.job_iteration = iteration ? std::optional(iteration->index) : std::nullopt;
  }
}

}  // namespace swarmward::wire
