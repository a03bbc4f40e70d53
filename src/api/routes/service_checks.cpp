#include "api/routes/service_checks.h"

#include <algorithm>
#include <charconv>

#include "api/routes/network_lookup.h"
#include "api/routes/payload_kind.h"
#include "api/routes/payload_rotation.h"
#include "model/constraint.h"

namespace swarmward::api {

namespace {

constexpr std::string_view kMeshWarning =
    "published ports in ingress mode are recorded but not reachable: this swarm has no ingress "
    "network; make one with: docker network create --driver overlay --ingress ingress";

bool publishes_by_ingress(model::ServiceSpec const& spec) {
  return spec.endpoint && std::ranges::any_of(spec.endpoint->ports, [](auto const& port) {
           return port.publish_mode == model::PublishMode::Ingress;
         });
}

bool has_ingress(state::Snapshot const& snapshot) {
  for (auto const [id, network] : snapshot.networks) {
    if (network->spec.ingress) {
      return true;
    }
  }
  return false;
}

std::string join(std::vector<std::string> const& words) {
  std::string joined;
  for (auto const& word : words) {
    joined += joined.empty() ? word : ", " + word;
  }
  return joined;
}

/// Whether one of `wanted` takes the port that `owner` has: two ports in host mode never collide
/// here, since they may lie on different nodes.
Result<void> check_port(std::vector<model::PortConfig> const& wanted,
                        model::PortConfig const& owned,
                        model::Service const& owner) {
  bool const host = owned.publish_mode == model::PublishMode::Host;
  bool const taken = std::ranges::any_of(wanted, [&](model::PortConfig const& port) {
    bool const both_host = host && port.publish_mode == model::PublishMode::Host;
    return port.published_port != 0 && port.published_port == owned.published_port &&
           port.protocol == owned.protocol && !both_host;
  });
  if (!taken) {
    return {};
  }
  return rpc_error("InvalidArgument",
                   "port '" + std::to_string(owned.published_port) +
                       "' is already in use by service '" + owner.name() + "' (" + owner.id.str() +
                       ") " + (host ? "as a host-published port" : "as an ingress port"));
}

Result<void> check_ports(std::vector<model::PortConfig> const& wanted,
                         std::vector<model::PortConfig> const& owned,
                         model::Service const& owner) {
  for (auto const& port : owned) {
    if (auto free = check_port(wanted, port, owner); !free) {
      return free;
    }
  }
  return {};
}

/// The number behind the last colon of "0.0.0.0:2377"; 0 if there is none.
std::uint32_t port_in(std::string const& address) {
  std::uint32_t port = 0;
  auto const text = std::string_view(address).substr(address.rfind(':') + 1);
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

/// A port that all hosts hand over to tasks would be lost to the swarm's own members.
bool swarm_needs(state::Snapshot const& snapshot, model::PortConfig const& port) {
  if (!snapshot.cluster || port.published_port == 0 ||
      port.publish_mode != model::PublishMode::Ingress) {
    return false;
  }
  if (port.protocol == model::Protocol::Udp) {
    return port.published_port == snapshot.cluster->data_path_port;
  }
  if (port.protocol != model::Protocol::Tcp) {
    return false;
  }
  for (auto const& [id, node] : snapshot.nodes) {
    if (node->access.agent_port == port.published_port) {
      return true;
    }
  }
  return port.published_port == port_in(snapshot.cluster->listen_addr);
}

/// An unknown key, or an address that is none: then `==` and `!=` both match nothing.
bool never_matches(model::Constraint constraint) {
  model::Node const blank;
  if (model::constraint_matches(constraint, blank)) {
    return false;
  }
  constraint.op = constraint.op == model::Constraint::Op::Equal ? model::Constraint::Op::NotEqual
                                                                : model::Constraint::Op::Equal;
  return !model::constraint_matches(constraint, blank);
}

/// That is its name, or was it until a rotation.
bool goes_by(model::Annotations const& payload, std::string const& name) {
  auto const rotated = payload.labels.find(kRotatedLabel);
  return payload.name == name || (rotated != payload.labels.end() && rotated->second == name);
}

/// The secrets, or the configs, that a container refers to.
template <class T>
Result<void> check_known(state::Snapshot const& snapshot, model::ContainerSpec const& container) {
  using Kind = PayloadKind<T>;
  std::vector<std::string> unknown;
  for (auto const& reference : Kind::references(container)) {
    auto const payload = find_payload<T>(snapshot, typename Kind::Id(Kind::id_of(reference)));
    // An id that is too long was cut.
    if (!payload || payload->id.view() != Kind::id_of(reference) ||
        !goes_by(payload->spec.annotations, Kind::name_of(reference))) {
      unknown.push_back(Kind::name_of(reference));
    }
  }
  if (unknown.empty()) {
    return {};
  }
  auto const plural = unknown.size() > 1 ? "s" : "";
  return rpc_error("InvalidArgument",
                   std::string(Kind::kWord) + plural + " not found: " + join(unknown));
}

}  // namespace

Result<void> check_port_conflicts(state::Snapshot const& snapshot,
                                  model::ServiceId const& self,
                                  model::ServiceSpec const& spec) {
  if (!spec.endpoint || spec.endpoint->ports.empty()) {
    return {};
  }
  auto const& wanted = spec.endpoint->ports;
  for (auto const& port : wanted) {
    if (swarm_needs(snapshot, port)) {
      return rpc_error("InvalidArgument",
                       "port '" + std::to_string(port.published_port) +
                           "' is already in use by the swarm itself, between its hosts");
    }
  }
  for (auto const& [id, service] : snapshot.services) {
    if (id == self) {
      continue;
    }
    // The spec may be newer than what is allocated, and allocated ports may not be in the spec.
    if (service->spec->endpoint) {
      if (auto free = check_ports(wanted, service->spec->endpoint->ports, *service); !free) {
        return free;
      }
    }
    if (auto free = check_ports(wanted, service->endpoint.ports, *service); !free) {
      return free;
    }
  }
  return {};
}

Result<void> check_networks_exist(state::Snapshot const& snapshot, model::ServiceSpec const& spec) {
  for (auto const& network : spec.task.networks) {
    if (!is_predefined_network(network.target) &&
        !snapshot.find_network(model::NetworkId(network.target))) {
      return internal_error("network " + network.target + " not found");
    }
  }
  if (!publishes_by_ingress(spec) || snapshot.networks.empty() || has_ingress(snapshot)) {
    return {};
  }
  return rpc_error("FailedPrecondition",
                   "service needs ingress network, but no ingress network is present");
}

Result<void> check_references(state::Snapshot const& snapshot, model::ServiceSpec const& spec) {
  if (!spec.task.container) {
    return {};
  }
  if (auto known = check_known<model::Secret>(snapshot, *spec.task.container); !known) {
    return known;
  }
  return check_known<model::Config>(snapshot, *spec.task.container);
}

Result<void> check_name_free(state::Snapshot const& snapshot, std::string const& name) {
  if (snapshot.service_names.find(state::lower_case(name)) == nullptr) {
    return {};
  }
  return rpc_error("AlreadyExists",
                   "name conflicts with an existing object: service " + name + " already exists");
}

std::vector<std::string> service_warnings(state::Snapshot const& snapshot,
                                          model::ServiceSpec const& spec) {
  std::vector<std::string> warnings;
  if (publishes_by_ingress(spec) && !has_ingress(snapshot)) {
    warnings.emplace_back(kMeshWarning);
  }
  if (!spec.task.placement) {
    return warnings;
  }
  for (auto const& text : spec.task.placement->constraints) {
    if (auto const constraint = model::parse_constraint(text);
        constraint && never_matches(*constraint)) {
      warnings.push_back("placement constraint '" + text +
                         "' matches no node: its key or its value is unknown");
    }
  }
  return warnings;
}

std::string unpinned_image_warning(std::string const& image) {
  return "image " + image +
         " could not be accessed on a registry to record\nits digest. Each node will access " +
         image +
         " independently,\npossibly leading to different nodes running different\nversions of the "
         "image.\n";
}

}  // namespace swarmward::api
