#include "api/routes/routes_info.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "api/routes/replies.h"
#include "base/version.h"
#include "wire/body.h"
#include "wire/swarm.h"

namespace swarmward::api {

namespace {

using InfoRoute = Route<Info>;
constexpr std::array kInfoRoutes{
    InfoRoute{"GET", "/info", &Info::info, ApiVersion{1, 24}},
    InfoRoute{"GET", "/version", &Info::version, ApiVersion{1, 24}},
};

/// All clients of the 29 series accept this; whatever the engine speaks, swarm routes do.
constexpr ApiVersion kOffered{1, 44};
constexpr std::string_view kOldestOffered = "1.24";
constexpr std::string_view kManagerPort = "2377";

constexpr std::string_view kTwoManagers =
    "WARNING: Running Swarm in a two-manager configuration. This configuration provides no fault "
    "tolerance, and poses a high risk to lose control over the cluster. Refer to "
    "https://docs.docker.com/engine/swarm/admin_guide/ to configure the Swarm for "
    "fault-tolerance.";

Result<nlohmann::json> parse_object(std::string const& text) {
  auto document = wire::parse_body(text);
  if (!document || !document->is_object()) {
    return internal_error("the engine's answer is not a JSON object");
  }
  return document;
}

/// The newer of the engine's version and ours.
std::string offered_version(nlohmann::json const& engines) {
  auto const version =
      engines.is_string() ? parse_api_version(engines.get<std::string>()) : std::nullopt;
  return to_string(version ? std::max(*version, kOffered) : kOffered);
}

nlohmann::json manager_addresses(state::Snapshot const& snapshot) {
  auto list = nlohmann::json::array();
  for (auto const& [id, node] : snapshot.nodes) {
    if (node->role != model::NodeRole::Manager) {
      continue;
    }
    auto address = snapshot.cluster->advertise_addr + ":" + std::string(kManagerPort);
    if (node->manager && !node->manager->addr.empty()) {
      address = node->manager->addr;
    }
    nlohmann::json manager;
    manager["NodeID"] = id.str();
    manager["Addr"] = address;
    list.push_back(std::move(manager));
  }
  return list;
}

nlohmann::json worker_section(WorkerView const& worker) {
  auto managers = nlohmann::json::array();
  for (auto const& manager : worker.managers) {
    managers.push_back({{"NodeID", manager.node}, {"Addr", manager.address}});
  }
  nlohmann::json section;
  section["NodeID"] = worker.node.str();
  section["NodeAddr"] = worker.address;
  section["LocalNodeState"] = worker.locked ? "locked" : worker.error.empty() ? "active" : "error";
  section["ControlAvailable"] = false;
  section["Error"] = worker.error;
  section["RemoteManagers"] = worker.locked ? nlohmann::json(nullptr) : std::move(managers);
  return section;
}

}  // namespace

nlohmann::json swarm_section(state::Snapshot const& snapshot, WorkerView const* worker) {
  if (!snapshot.cluster && worker != nullptr) {
    return worker_section(*worker);
  }
  bool const active = snapshot.cluster != nullptr;
  nlohmann::json section;
  section["NodeID"] = active ? snapshot.cluster->manager_node.str() : "";
  section["NodeAddr"] = active ? snapshot.cluster->advertise_addr : "";
  section["LocalNodeState"] = active ? "active" : "inactive";
  section["ControlAvailable"] = active;
  section["Error"] = "";
  section["RemoteManagers"] = nullptr;
  if (!active) {
    return section;
  }
  auto managers = manager_addresses(snapshot);
  if (managers.size() == 2) {
    section["Warnings"] = nlohmann::json::array({kTwoManagers});
  }
  if (!managers.empty()) {
    section["Managers"] = managers.size();
    section["Nodes"] = snapshot.nodes.size();
  }
  section["RemoteManagers"] = std::move(managers);
  section["Cluster"] = wire::cluster_info(*snapshot.cluster);
  return section;
}

void complete_info(nlohmann::json& document,
                   state::Snapshot const& snapshot,
                   WorkerView const* worker) {
  auto section = swarm_section(snapshot, worker);
  if (auto const warnings = section.find("Warnings"); warnings != section.end()) {
    auto& all = document["Warnings"];
    if (!all.is_array()) {
      all = nlohmann::json::array();
    }
    all.insert(all.end(), warnings->begin(), warnings->end());
  }
  document["Swarm"] = std::move(section);
}

void complete_version(nlohmann::json& document) {
  auto const offered = offered_version(document["ApiVersion"]);
  document["ApiVersion"] = offered;
  document["MinAPIVersion"] = kOldestOffered;
  auto& components = document["Components"];
  if (!components.is_array()) {
    components = nlohmann::json::array();
  }
  for (auto& component : components) {
    if (component.is_object() && component.contains("Name") && component["Name"] == "Engine" &&
        component["Details"].is_object()) {
      component["Details"]["ApiVersion"] = offered;
      component["Details"]["MinAPIVersion"] = kOldestOffered;
    }
  }
  nlohmann::json own;
  own["Name"] = "Swarmward";
  own["Version"] = kVersion;
  components.push_back(std::move(own));
}

/// What the manager knows of its host itself. The swarm is managed without the engine, too, and
/// `docker node ls` asks for this first.
nlohmann::json info_without_engine(state::Snapshot const& snapshot, Error const& why) {
  nlohmann::json document;
  if (auto const node = snapshot.find_node(snapshot.cluster->manager_node)) {
    auto const& host = node->description;
    document = {{"Name", host.hostname},
                {"OSType", host.platform.os},
                {"Architecture", host.platform.architecture},
                {"ServerVersion", host.engine_version}};
  }
  document["Warnings"] =
      nlohmann::json::array({"WARNING: The engine of this host does not answer: " + why.message});
  return document;
}

std::span<Route<Info> const> Info::routes() {
  return kInfoRoutes;
}

asio::awaitable<Result<nlohmann::json>> Info::engine_document(char const* path) {
  auto const engine = context_.control.local_engine();
  auto text = co_await engine->get_document(path);
  if (!text) {
    co_return text.error();
  }
  co_return parse_object(*text);
}

asio::awaitable<Result<Response>> Info::info(Call const* call) {
  auto document = co_await engine_document("/info");
  if (!document && document.error().code == ErrorCode::Unavailable && call->snapshot->cluster) {
    auto known = info_without_engine(*call->snapshot, document.error());
    complete_info(known, *call->snapshot, call->worker.get());
    co_return json_reply(known);
  }
  if (!document) {
    co_return document.error();
  }
  complete_info(*document, *call->snapshot, call->worker.get());
  co_return json_reply(*document);
}

asio::awaitable<Result<Response>> Info::version(Call const* /*call*/) {
  auto document = co_await engine_document("/version");
  if (!document) {
    co_return document.error();
  }
  complete_version(*document);
  co_return json_reply(*document);
}

}  // namespace swarmward::api
