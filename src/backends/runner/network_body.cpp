#include "backends/runner/network_body.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "backends/docker/json_fields.h"

namespace swarmward::backends {

namespace {

/// Enough to tell nodes of one host apart; an interface of Docker limits the length.
constexpr std::size_t kDriverIdLength = 12;

Json ranges(std::vector<model::IpamConfig> const& configs) {
  auto list = Json::array();
  for (auto const& config : configs) {
    Json range = {{"Subnet", config.subnet}};
    if (!config.range.empty()) {
      range["IPRange"] = config.range;
    }
    if (!config.gateway.empty()) {
      range["Gateway"] = config.gateway;
    }
    if (!config.auxiliary.empty()) {
      range["AuxiliaryAddresses"] = config.auxiliary;
    }
    list.push_back(std::move(range));
  }
  return list;
}

/// What does not depend on where the configuration comes from.
Json frame(model::TaskNetwork const& network, NodeIdentity const& node, Json labels) {
  auto const& spec = *network.node_local;
  labels[kNodeLabel] = node.id.view();
  labels[kNetworkOption] = network.id;
  if (!spec.config_from.empty()) {
    labels[kConfigFromLabel] = spec.config_from;
  }
  return {{"Name", network.name},
          {"CheckDuplicate", true},
          {"Driver", spec.driver.name},
          {"Internal", spec.internal},
          {"Attachable", spec.attachable},
          {"Labels", std::move(labels)}};
}

}  // namespace

std::string network_driver_of(model::NodeId const& node) {
  return "ward-" + std::string(node.view().substr(0, kDriverIdLength));
}

std::string render_overlay(model::TaskNetwork const& network, NodeIdentity const& node) {
  Json options = {{kNetworkOption, network.id},
                  {"ward.vni", std::to_string(network.vni)},
                  {"ward.subnet", network.subnet},
                  {"ward.node", network.node_address},
                  {"ward.mtu", std::to_string(network.mtu)}};
  if (network.encrypted) {
    options["ward.encrypted"] = "";
  }
  for (auto const& subnet : network.more_subnets) {
    auto& others = options["ward.more-subnets"];
    others = others.is_null() ? subnet : others.get<std::string>() + "," + subnet;
  }
  Json const body = {{"Name", network.name},
                     {"CheckDuplicate", true},
                     {"Driver", network_driver_of(node.id)},
                     {"Internal", network.internal},
                     {"IPAM", {{"Driver", "null"}}},
                     {"Labels", {{kNodeLabel, node.id.view()}}},
                     {"Options", std::move(options)}};
  return body.dump();
}

std::string render_node_local(model::TaskNetwork const& network, NodeIdentity const& node) {
  auto const& spec = *network.node_local;
  auto body = frame(network, node, Json(spec.annotations.labels));
  // Engines before 27 make none without a subnet for it.
  body["EnableIPv6"] = spec.ipv6 && std::ranges::any_of(spec.ipam, [](auto const& config) {
                         return config.subnet.find(':') != std::string::npos;
                       });
  body["Options"] = Json(spec.driver.options);
  auto const ipam = spec.ipam_driver.value_or(model::Driver{});
  body["IPAM"] = {{"Driver", ipam.name.empty() ? "default" : ipam.name},
                  {"Options", Json(ipam.options)},
                  {"Config", ranges(spec.ipam)}};
  return body.dump();
}

std::string render_configured(model::TaskNetwork const& network,
                              NodeIdentity const& node,
                              std::string_view config) {
  auto const document = parse_json(config);
  auto const& labels = field(document, "Labels");
  auto body = frame(network, node, labels.is_object() ? labels : Json::object());
  for (auto const* part : {"EnableIPv6", "IPAM", "Options"}) {
    if (auto const& value = field(document, part); !value.is_null()) {
      body[part] = value;
    }
  }
  return body.dump();
}

std::string render_endpoint(model::TaskNetwork const& network) {
  auto options = Json(network.driver_options);
  if (network.node_local) {
    return Json{{"Aliases", network.aliases}, {"DriverOpts", std::move(options)}}.dump();
  }
  options["ward.ip"] = network.address;
  // Lets an agent whose files were lost find the network again.
  options[kNetworkOption] = network.id;
  return Json{{"DriverOpts", std::move(options)}}.dump();
}

}  // namespace swarmward::backends
