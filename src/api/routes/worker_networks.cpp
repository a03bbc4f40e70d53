#include "api/routes/worker_networks.h"

#include <charconv>
#include <sstream>

#include <nlohmann/json.hpp>

#include "api/routes/network_lookup.h"
#include "base/time.h"

namespace swarmward::api {

namespace {

std::string option_of(nlohmann::json const& local, char const* name) {
  auto const& options = local.at("Options");  // swarm_network_of() has found them.
  auto const option = options.find(name);
  return option != options.end() && option->is_string() ? option->get<std::string>()
                                                        : std::string();
}

/// The first address of the subnet "10.0.1.0/24".
std::string gateway_of(std::string const& subnet) {
  auto const base = subnet.substr(0, subnet.find('/'));
  return base.ends_with(".0") ? base.substr(0, base.size() - 1) + "1" : std::string();
}

}  // namespace

state::NetworkPtr swarm_network_from(nlohmann::json const& local) {
  auto const id = local.is_object() ? swarm_network_of(local) : std::string();
  if (id.empty()) {
    return nullptr;
  }
  auto network = std::make_shared<model::Network>();
  network->id = model::NetworkId(id);
  network->spec.annotations.name = local.value("Name", std::string());
  network->spec.internal = local.value("Internal", false);
  if (auto const created = parse_time(local.value("Created", std::string()))) {
    network->meta.created_at = *created;
  }
  auto const options = local.find("Options");
  if (options == local.end() || !options->contains("ward.network")) {
    network->spec.driver.name = local.value("Driver", std::string());
    network->spec.attachable = local.value("Attachable", false);
    network->spec.config_from = local.at("Labels").value(kConfigFromLabel, std::string());
    return network;
  }
  auto const vni = option_of(local, "ward.vni");
  std::from_chars(vni.data(), vni.data() + vni.size(), network->vni);
  std::istringstream subnets(option_of(local, "ward.subnet") + "," +
                             option_of(local, "ward.more-subnets"));
  for (std::string subnet; std::getline(subnets, subnet, ',');) {
    network->ipam.push_back({subnet, "", gateway_of(subnet), {}});
  }
  return network;
}

asio::awaitable<std::shared_ptr<state::Snapshot const>> networks_of_worker(SwarmControl* control) {
  auto const engine = control->local_engine();
  auto const list = co_await engine->get_document("/networks");
  auto const snapshot = std::make_shared<state::Snapshot>();
  auto document = nlohmann::json::array();
  if (list) {
    document = nlohmann::json::parse(*list, nullptr, false);
  }
  for (auto const& local : document.is_array() ? document : nlohmann::json::array()) {
    if (auto const network = swarm_network_from(local)) {
      snapshot->networks.insert_or_assign(network->id, network);
      snapshot->network_names.insert_or_assign(state::lower_case(network->name()), network->id);
    }
  }
  co_return snapshot;
}

}  // namespace swarmward::api
