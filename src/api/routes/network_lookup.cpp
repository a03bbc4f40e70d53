#include "api/routes/network_lookup.h"

#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

constexpr char const* kNodeIdLabel = "ward.node.id";
/// An option of overlays, a label of node-local networks, whose drivers know other options only.
constexpr char const* kNetworkOption = "ward.network";

/// The text under `part`.`key`; empty if there is none.
std::string text_in(nlohmann::json const& document, char const* part, char const* key) {
  auto const found = document.find(part);
  if (found == document.end() || !found->is_object()) {
    return {};
  }
  auto const value = found->find(key);
  return value != found->end() && value->is_string() ? value->get<std::string>() : std::string();
}

bool is_called(nlohmann::json const& local, std::string const& input) {
  return local.value("Name", std::string()) == input || local.value("Id", std::string()) == input;
}

NetworkMatch ambiguous(std::size_t count, std::string_view basis) {
  NetworkMatch match;
  match.ambiguous = count;
  match.basis = basis;
  return match;
}

NetworkMatch of_swarm(state::NetworkPtr network) {
  NetworkMatch match;
  match.swarm = std::move(network);
  match.vanished = match.swarm == nullptr;
  return match;
}

NetworkMatch decide(state::Snapshot const& snapshot,
                    nlohmann::json const& local,
                    std::string const& input) {
  auto const networks = find_networks(snapshot, input);
  bool const exact = networks.size() == 1 &&
                     (networks.front()->name() == input || networks.front()->id.view() == input);
  auto const stands_for = local.is_object() ? swarm_network_of(local) : std::string();
  bool const engines_own = local.is_object() && stands_for.empty();
  if (exact) {
    return engines_own && is_called(local, input) ? ambiguous(2, "name")
                                                  : of_swarm(networks.front());
  }
  if (!stands_for.empty()) {
    return of_swarm(snapshot.find_network(model::NetworkId(stands_for)));
  }
  if (engines_own && is_called(local, input)) {
    return {};
  }
  auto const count = networks.size() + (engines_own ? 1 : 0);
  if (count > 1) {
    return ambiguous(count, "ID prefix");
  }
  return networks.empty() ? NetworkMatch{} : of_swarm(networks.front());
}

}  // namespace

state::NetworkPtr find_network_named(state::Snapshot const& snapshot, std::string_view name) {
  auto const* id = snapshot.network_names.find(state::lower_case(name));
  // Names are unique in any case, but looked up as written.
  auto network = id == nullptr ? nullptr : snapshot.find_network(*id);
  return network && network->name() == name ? network : nullptr;
}

std::vector<state::NetworkPtr> find_networks(state::Snapshot const& snapshot,
                                             std::string_view input) {
  std::vector<state::NetworkPtr> matches;
  if (input.empty()) {
    return matches;
  }
  if (auto named = find_network_named(snapshot, input)) {
    matches.push_back(std::move(named));
  }
  if (input.size() > kIdLength) {
    return matches;
  }
  if (auto with_id = snapshot.find_network(model::NetworkId(input))) {
    return {with_id};
  }
  if (!matches.empty()) {
    return matches;
  }
  for (auto it = snapshot.networks.lower_bound(model::NetworkId(input));
       it != snapshot.networks.end();
       ++it) {
    auto const [id, network] = *it;
    if (!id.view().starts_with(input)) {
      break;
    }
    matches.push_back(network);
  }
  return matches;
}

NetworkMatch match_in_swarm(state::Snapshot const& snapshot, std::string_view input) {
  auto const networks = find_networks(snapshot, input);
  if (networks.size() > 1) {
    return ambiguous(networks.size(), "ID prefix");
  }
  return networks.empty() ? NetworkMatch{} : of_swarm(networks.front());
}

bool is_predefined_network(std::string_view name) {
  return name == "host" || name == "bridge";
}

Result<void> check_removable(nlohmann::json const& local) {
  if (!local.is_object() || local.value("Name", std::string()) != kGatewayBridge) {
    return {};
  }
  return Error{ErrorCode::Forbidden,
               "error while removing network: network " + std::string(kGatewayBridge) + " id " +
                   local.value("Id", std::string()) + " has active endpoints"};
}

std::string swarm_network_of(nlohmann::json const& local) {
  if (text_in(local, "Labels", kNodeIdLabel).empty()) {
    return {};
  }
  auto overlay = text_in(local, "Options", kNetworkOption);
  return overlay.empty() ? text_in(local, "Labels", kNetworkOption) : overlay;
}

void remove_own_labels(nlohmann::json& local) {
  auto const labels = local.find("Labels");
  if (labels != local.end() && labels->is_object()) {
    for (auto const* own : {kNodeIdLabel, kNetworkOption, kConfigFromLabel}) {
      labels->erase(own);
    }
  }
}

asio::awaitable<nlohmann::json> local_network(SwarmControl* control, std::string const* name) {
  auto const engine = control->local_engine();
  auto path = "/networks/" + percent_encode(*name);
  auto const document = co_await engine->get_document(std::move(path));
  nlohmann::json network;
  if (document) {
    network = nlohmann::json::parse(*document, nullptr, false);
  }
  if (!network.is_object()) {
    network = nullptr;
  }
  co_return network;
}

asio::awaitable<NetworkMatch> match_network(SwarmControl* control,
                                            state::Snapshot const* snapshot,
                                            std::string const* input) {
  auto const local = co_await local_network(control, input);
  co_return decide(*snapshot, local, *input);
}

}  // namespace swarmward::api
