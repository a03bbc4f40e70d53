#include "scheduler/allocator/endpoint_plan.h"

namespace swarmward::scheduler {

namespace {

std::span<model::PortConfig const> wanted_ports(model::Service const& service) {
  auto const& wish = service.spec->endpoint;
  return wish ? std::span(wish->ports) : std::span<model::PortConfig const>();
}

/// The endpoint but for its ports. Without networks and ports it stays empty, whatever the spec.
model::Endpoint frame_of(model::ServiceSpec const& spec) {
  model::Endpoint endpoint;
  bool const has_ports = spec.endpoint && !spec.endpoint->ports.empty();
  bool const virtual_ip = !spec.endpoint || spec.endpoint->mode == model::EndpointMode::Vip;
  if (has_ports || (virtual_ip && !spec.task.networks.empty())) {
    endpoint.spec = spec.endpoint;
  }
  if (virtual_ip) {
    for (auto const& network : spec.task.networks) {
      endpoint.virtual_ips.push_back({network.target, ""});
    }
  }
  return endpoint;
}

void add_ports(std::span<model::PortConfig const> ports, std::set<PortNumber>& taken) {
  for (auto const& port : ports) {
    if (port.published_port != 0) {
      taken.emplace(port.protocol, port.published_port);
    }
  }
}

/// What the other services have or ask for: a port named in a spec is theirs before they have it.
std::set<PortNumber> taken_by_others(state::Snapshot const& snapshot,
                                     model::ServiceId const& self) {
  std::set<PortNumber> taken;
  for (auto const& [id, service] : snapshot.services) {
    if (id != self) {
      add_ports(wanted_ports(*service), taken);
      add_ports(service->endpoint.ports, taken);
    }
  }
  return taken;
}

}  // namespace

EndpointPlan plan_endpoint(state::Snapshot const& snapshot,
                           model::Service const& service,
                           PortCursor& cursor) {
  EndpointPlan plan{frame_of(*service.spec), {}};
  auto const wanted = wanted_ports(service);
  if (wanted.empty()) {
    return plan;
  }
  auto ports =
      plan_ports(wanted, service.endpoint.ports, taken_by_others(snapshot, service.id), cursor);
  plan.endpoint.ports = std::move(ports.ports);
  plan.err = std::move(ports.err);
  return plan;
}

bool is_allocated(model::Service const& service) {
  auto const frame = frame_of(*service.spec);
  return service.endpoint.spec == frame.spec && service.endpoint.virtual_ips == frame.virtual_ips &&
         satisfies_wish(service.endpoint.ports, wanted_ports(service));
}

}  // namespace swarmward::scheduler
