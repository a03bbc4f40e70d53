#include "mesh/agent_state.h"

#include <cstdint>
#include <limits>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "wire/body.h"

namespace swarmward::mesh {

namespace {

using nlohmann::json;

constexpr unsigned kVersion = 1;

json to_json(NetworkOptions const& network) {
  auto others = json::array();
  for (auto const& subnet : network.more_subnets) {
    others.push_back(to_text(subnet));
  }
  return {{"MoreSubnets", std::move(others)},
          {"Network", network.network},
          {"VNI", network.vni},
          {"Subnet", to_text(network.subnet)},
          {"Node", to_text(network.node)},
          {"MTU", network.mtu},
          {"Internal", network.internal},
          {"Encrypted", network.encrypted}};
}

json to_json(KnownEndpoint const& endpoint) {
  return {{"Network", endpoint.network},
          {"Address", to_text(endpoint.address)},
          {"MAC", to_text(endpoint.mac)}};
}

// The readers below use what throws when a member is absent or of another type, and are called in
// one place that catches it.

template <class T>
T value_of(std::optional<T> const& value) {
  if (!value) {
    throw std::invalid_argument("a value has the wrong form");
  }
  return *value;
}

/// Not get<>() alone: that casts whatever number it finds, and 1e300 to an integer is undefined.
std::uint32_t whole_number(json const& kept) {
  if (!kept.is_number_unsigned() ||
      kept.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
    throw std::invalid_argument("a value is no whole number");
  }
  return kept.get<std::uint32_t>();
}

NetworkOptions network_from_json(json const& kept) {
  std::vector<Subnet> others;
  for (auto const& text : kept.value("MoreSubnets", json::array())) {
    others.push_back(value_of(parse_subnet(text.get<std::string>())));
  }
  return {.network = kept.at("Network").get<std::string>(),
          .vni = whole_number(kept.at("VNI")),
          .subnet = value_of(parse_subnet(kept.at("Subnet").get<std::string>())),
          .node = value_of(parse_address(kept.at("Node").get<std::string>())),
          .mtu = whole_number(kept.at("MTU")),
          .internal = kept.at("Internal").get<bool>(),
          .encrypted = kept.value("Encrypted", false),
          .more_subnets = std::move(others)};
}

KnownEndpoint endpoint_from_json(json const& kept) {
  return {.network = kept.at("Network").get<std::string>(),
          .address = value_of(parse_address(kept.at("Address").get<std::string>())),
          .mac = value_of(parse_mac(kept.at("MAC").get<std::string>()))};
}

AgentState state_from_json(json const& document) {
  if (whole_number(document.at("Version")) != kVersion) {
    throw std::invalid_argument("written by another version");
  }
  AgentState state;
  for (auto const& [id, network] : document.at("Networks").items()) {
    state.networks[id] = network_from_json(network);
  }
  for (auto const& [id, endpoint] : document.at("Endpoints").items()) {
    state.endpoints[id] = endpoint_from_json(endpoint);
  }
  return state;
}

}  // namespace

std::string agent_state_text(AgentState const& state) {
  json document{{"Version", kVersion}, {"Networks", json::object()}, {"Endpoints", json::object()}};
  for (auto const& [id, network] : state.networks) {
    document["Networks"][id] = to_json(network);
  }
  for (auto const& [id, endpoint] : state.endpoints) {
    document["Endpoints"][id] = to_json(endpoint);
  }
  return wire::dump_json(document);
}

Result<AgentState> agent_state_from(std::string_view text) {
  auto const document = wire::parse_body(text);
  if (!document) {
    return document.error();
  }
  try {
    return state_from_json(*document);
  } catch (std::exception const& error) {  // What the JSON library throws for absent members.
    return invalid_argument(std::string("no state of networks: ") + error.what());
  }
}

std::optional<std::string> find_engine_network(AgentState const& state,
                                               std::string_view ward_network) {
  for (auto const& [id, network] : state.networks) {
    if (network.network == ward_network) {
      return id;
    }
  }
  return std::nullopt;
}

}  // namespace swarmward::mesh
