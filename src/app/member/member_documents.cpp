#include "app/member/member_documents.h"

#include "wire/body.h"

namespace swarmward::app {

std::vector<ManagerAddress> managers_of(state::Snapshot const& snapshot) {
  // The one there is: each heartbeat is told, so there is no time to go through all nodes.
  auto const own = snapshot.cluster ? snapshot.find_node(snapshot.cluster->manager_node) : nullptr;
  if (!own || !own->manager) {
    return {};
  }
  return {{own->id.str(), own->manager->addr}};
}

nlohmann::json to_json(std::vector<ManagerAddress> const& managers) {
  auto list = nlohmann::json::array();
  for (auto const& manager : managers) {
    list.push_back({{"NodeID", manager.node}, {"Addr", manager.address}});
  }
  return list;
}

std::vector<ManagerAddress> managers_from(nlohmann::json const& document) {
  std::vector<ManagerAddress> managers;
  if (!document.is_array()) {
    return managers;
  }
  for (auto const& entry : document) {
    ManagerAddress manager{text_of(entry, "NodeID"), text_of(entry, "Addr")};
    if (!manager.address.empty()) {
      managers.push_back(std::move(manager));
    }
  }
  return managers;
}

Result<nlohmann::json> parse_message(std::string const& body) {
  auto document = wire::parse_body(body);
  if (!document || !document->is_object()) {
    return invalid_argument("not a JSON object");
  }
  return document;
}

std::string text_of(nlohmann::json const& document, char const* key) {
  auto const found = document.is_object() ? document.find(key) : document.end();
  return document.is_object() && found != document.end() && found->is_string()
             ? found->get<std::string>()
             : std::string{};
}

std::uint32_t port_of(nlohmann::json const& document, char const* key) {
  auto const found = document.is_object() ? document.find(key) : document.end();
  bool const fits = document.is_object() && found != document.end() &&
                    found->is_number_unsigned() && found->get<std::uint64_t>() <= 65535;
  return fits ? found->get<std::uint32_t>() : 0;
}

}  // namespace swarmward::app
