#pragma once

#include "wire/fields/service_spec.h"

namespace swarmward::wire {

template <class A>
void describe(A& a, Ref<A, model::VirtualIp> address) {
  a.omit("NetworkID", address.network_id);
  a.omit("Addr", address.address);
}

/// Clients always see `Spec`, `{}` while nothing needs allocation.
struct NoEndpointSpec {};
template <class A>
void describe(A& /*a*/, Ref<A, NoEndpointSpec> /*spec*/) {}

template <class A>
void describe(A& a, Ref<A, model::Endpoint> endpoint) {
  if constexpr (!A::kReading) {
    if (!a.stored() && !endpoint.spec) {
      a.keep("Spec", NoEndpointSpec{});
    }
  }
  a.omit("Spec", endpoint.spec);
  a.omit("Ports", endpoint.ports);
  a.omit("VirtualIPs", endpoint.virtual_ips);
}

template <class A>
void describe(A& a, Ref<A, model::UpdateStatus> status) {
  a.omit("State", status.state);
  a.omit("StartedAt", status.started_at);
  a.omit("CompletedAt", status.completed_at);
  a.omit("Message", status.message);
}

template <class A>
void describe(A& a, Ref<A, model::JobStatus> status) {
  VersionField iteration{status.iteration};
  a.keep("JobIteration", iteration);
  a.keep("LastExecution", status.last_execution);
  if constexpr (A::kReading) {
    status.iteration = iteration.index;
  }
}

template <class A>
void describe(A& a, Ref<A, model::Service> service) {
  describe_head(a, service.id, service.meta);
  a.keep("Spec", service.spec);
  a.omit("PreviousSpec", service.previous_spec);
  a.keep("Endpoint", service.endpoint);
  a.omit("UpdateStatus", service.update_status);
  a.omit("JobStatus", service.job_status);
  a.internal("spec_version", service.spec_version);
  a.internal("previous_spec_version", service.previous_spec_version);
  a.internal("registry_auth", service.registry_auth);
  a.internal("previous_registry_auth", service.previous_registry_auth);
  a.internal("scheduled_at", service.scheduled_at);
}

}  // namespace swarmward::wire
