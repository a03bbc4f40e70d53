#include "wire/network.h"

#include <nlohmann/json.hpp>

#include "wire/fields/network_attachment.h"

namespace swarmward::wire {

namespace {

using nlohmann::json;

/// Native shows what is empty as null here.
json map_or_null(model::StringMap const& map) {
  return map.empty() ? json(nullptr) : json(map);
}

json range_json(model::IpamConfig const& config) {
  json range = json::object();
  for (auto const& [key, value] : {std::pair("Subnet", &config.subnet),
                                   std::pair("IPRange", &config.range),
                                   std::pair("Gateway", &config.gateway)}) {
    if (!value->empty()) {
      range[key] = *value;
    }
  }
  return range;
}

json ranges_json(std::vector<model::IpamConfig> const& configs) {
  auto ranges = json::array();
  for (auto const& config : configs) {
    ranges.push_back(range_json(config));
  }
  return ranges;
}

json ipam_json(model::Network const& network) {
  if (model::is_node_local(network.spec)) {
    return {{"Driver", ""}, {"Options", nullptr}, {"Config", ranges_json(network.spec.ipam)}};
  }
  if (network.vni == 0) {
    return {{"Driver", ""}, {"Options", nullptr}, {"Config", nullptr}};
  }
  auto const driver = ipam_driver(network);
  return {{"Driver", driver.name},
          {"Options", map_or_null(driver.options)},
          {"Config", ranges_json(network.ipam)}};
}

std::string driver_shown(model::Network const& network) {
  if (model::is_node_local(network.spec)) {
    return network.spec.driver.name;
  }
  return network.vni == 0 ? "" : "overlay";
}

/// What all networks of the swarm have in common.
json frame(std::string const& name, std::string_view id, Time created) {
  json document;
  document["Name"] = name;
  document["Id"] = id;
  document["Created"] = format_time(created);
  document["Scope"] = "swarm";
  document["EnableIPv4"] = true;
  document["EnableIPv6"] = false;
  for (auto const* flag : {"Internal", "Attachable", "Ingress", "ConfigOnly"}) {
    document[flag] = false;
  }
  document["ConfigFrom"] = {{"Network", ""}};
  document["Containers"] = nullptr;
  document["Options"] = nullptr;
  return document;
}

}  // namespace

json to_json(model::Network const& network) {
  auto const& spec = network.spec;
  auto document = frame(network.name(), network.id.view(), network.meta.created_at);
  document["Driver"] = driver_shown(network);
  document["EnableIPv6"] = spec.ipv6;
  document["IPAM"] = ipam_json(network);
  document["Internal"] = spec.internal;
  document["Attachable"] = spec.attachable;
  document["Ingress"] = spec.ingress;
  document["ConfigFrom"] = {{"Network", spec.config_from}};
  if (model::is_node_local(spec)) {
    document["Options"] = map_or_null(spec.driver.options);
  } else if (network.vni != 0) {
    document["Options"] = driver_options(network);
  }
  document["Labels"] = map_or_null(spec.annotations.labels);
  return document;
}

json predefined_network_json(std::string const& name, Time created) {
  auto document = frame(name, name, created);
  document["Driver"] = name;
  document["IPAM"] = {{"Driver", ""}, {"Options", nullptr}, {"Config", json::array()}};
  document["Labels"] = {{"com.docker.swarm.predefined", "true"}};
  return document;
}

}  // namespace swarmward::wire
