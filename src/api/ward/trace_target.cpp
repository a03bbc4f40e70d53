#include "api/ward/trace_target.h"

#include <algorithm>

#include "api/routes/lookup.h"
#include "api/routes/network_lookup.h"
#include "model/protocol_text.h"

namespace swarmward::api {

namespace {

/// "web:8080/udp", in parts.
struct TraceWords {
  std::string service;
  std::optional<std::uint32_t> port;
  std::string protocol;  ///< Empty: any.
};

Result<TraceWords> parse_words(std::string const& target) {
  TraceWords words;
  auto const colon = target.rfind(':');
  words.service = target.substr(0, colon);
  if (words.service.empty()) {
    return invalid_argument("name a service, or a service and a published port: web:8080");
  }
  if (colon == std::string::npos) {
    return words;
  }
  auto number = target.substr(colon + 1);
  if (auto const slash = number.find('/'); slash != std::string::npos) {
    words.protocol = number.substr(slash + 1);
    number.resize(slash);
  }
  constexpr unsigned long kMostPort = 65535;
  constexpr std::size_t kMostDigits = 5;
  bool const digits = !number.empty() && number.size() <= kMostDigits &&
                      number.find_first_not_of("0123456789") == std::string::npos;
  auto const value = digits ? std::stoul(number) : 0;
  if (value == 0 || value > kMostPort) {
    return invalid_argument("\"" + target.substr(colon + 1) +
                            "\" is no port: write web:8080 or web:8080/udp");
  }
  words.port = static_cast<std::uint32_t>(value);
  return words;
}

Result<state::NodePtr> entry_node(state::Snapshot const& snapshot, std::string const& name) {
  if (!name.empty()) {
    return get_node(snapshot, name);
  }
  auto here = snapshot.cluster ? snapshot.find_node(snapshot.cluster->manager_node) : nullptr;
  if (!here) {
    return invalid_argument("say from which node: --from NODE");
  }
  return here;
}

std::string published_list(model::Service const& service) {
  std::string text;
  for (auto const& port : service.endpoint.ports) {
    text += (text.empty() ? "" : ", ") + port_text(port) +
            (port.publish_mode == model::PublishMode::Host ? " (host mode)" : "");
  }
  return text;
}

state::NetworkPtr ingress_of(state::Snapshot const& snapshot) {
  for (auto const& [id, network] : snapshot.networks) {
    if (network->spec.ingress) {
      return network;
    }
  }
  return nullptr;
}

Result<TraceTarget> by_port(state::Snapshot const& snapshot,
                            TraceWords const& words,
                            TraceTarget target) {
  auto const& service = *target.service;
  auto const& ports = service.endpoint.ports;
  auto const found = std::ranges::find_if(ports, [&](model::PortConfig const& port) {
    return port.published_port == *words.port &&
           (words.protocol.empty() || words.protocol == model::protocol_text(port.protocol));
  });
  if (found == ports.end()) {
    auto const asked =
        std::to_string(*words.port) + (words.protocol.empty() ? "" : "/" + words.protocol);
    auto const has = published_list(service);
    auto const what = has.empty() ? "it publishes no port" : "it publishes " + has;
    return not_found("service " + service.name() + " does not publish port " + asked + ": " + what +
                     ". To publish one: docker service update --publish-add published=" +
                     std::to_string(*words.port) + ",target=80 " + service.name());
  }
  target.port = *found;
  if (found->publish_mode == model::PublishMode::Host) {
    target.kind = TraceTarget::Kind::HostPort;
    return target;
  }
  target.kind = TraceTarget::Kind::Ingress;
  target.network = ingress_of(snapshot);
  if (!target.network) {
    return invalid_argument(
        "the swarm has no ingress network, so no published port is answered: docker network "
        "create --ingress -d overlay ingress");
  }
  return target;
}

/// The overlay networks that the service names, and which of them is meant.
Result<state::NetworkPtr> named_network(state::Snapshot const& snapshot,
                                        model::Service const& service,
                                        std::string const& wanted) {
  std::vector<state::NetworkPtr> networks;
  std::string names;
  for (auto const& attachment : service.spec->task.networks) {
    auto const network = snapshot.find_network(model::NetworkId(attachment.target));
    if (network && !model::is_node_local(network->spec)) {
      networks.push_back(network);
      names += (names.empty() ? "" : ", ") + network->name();
    }
  }
  if (wanted.empty() && networks.size() == 1) {
    return networks.front();
  }
  auto const found = std::ranges::find_if(networks, [&](state::NetworkPtr const& network) {
    return network->name() == wanted || network->id.view() == wanted;
  });
  if (found != networks.end()) {
    return *found;
  }
  if (networks.empty()) {
    return invalid_argument("service " + service.name() +
                            " is in no overlay network: only its published ports can be followed "
                            "(" +
                            service.name() + ":PORT)");
  }
  return wanted.empty() ? invalid_argument("service " + service.name() +
                                           " is in several networks: say which "
                                           "one by --network (" +
                                           names + ")")
                        : not_found("service " + service.name() + " is not in network " + wanted +
                                    ": it is in " + names);
}

Result<TraceTarget> by_network(state::Snapshot const& snapshot,
                               std::string const& wanted,
                               TraceTarget target) {
  auto network = named_network(snapshot, *target.service, wanted);
  if (!network) {
    return network.error();
  }
  target.network = *network;
  target.kind = TraceTarget::Kind::RoundRobin;
  for (auto const& virtual_ip : target.service->endpoint.virtual_ips) {
    if (virtual_ip.network_id == target.network->id.view()) {
      target.kind = TraceTarget::Kind::VirtualIp;
      target.virtual_ip = virtual_ip.address.substr(0, virtual_ip.address.find('/'));
    }
  }
  return target;
}

}  // namespace

std::string port_text(model::PortConfig const& port) {
  return std::to_string(port.published_port) + "->" + std::to_string(port.target_port) + "/" +
         model::protocol_text(port.protocol);
}

Result<TraceTarget> find_trace_target(state::Snapshot const& snapshot, Request const& request) {
  auto const words = parse_words(request.query_value("target"));
  if (!words) {
    return words.error();
  }
  auto const service = get_service(snapshot, words->service);
  if (!service) {
    return service.error();
  }
  auto const from = entry_node(snapshot, request.query_value("from"));
  if (!from) {
    return from.error();
  }
  TraceTarget target;
  target.service = *service;
  target.from = *from;
  if (words->port) {
    return by_port(snapshot, *words, std::move(target));
  }
  return by_network(snapshot, request.query_value("network"), std::move(target));
}

}  // namespace swarmward::api
