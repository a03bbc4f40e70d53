#include "api/events/swarm_event.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/routes/matching.h"

namespace swarmward::api {

namespace {

constexpr std::string_view kTask = "task";

/// Filters by the beginning of an id or a name. Source: dockerd's event filter.
constexpr std::array kByName{
    "daemon", "container", "plugin", "volume", "network", "node", "service", "secret", "config"};

std::string attribute(SwarmEvent const& event, std::string const& key) {
  auto const found = event.attributes.find(key);
  return found == event.attributes.end() ? std::string{} : found->second;
}

bool passes_by_name(wire::Filters const& filters, SwarmEvent const& event) {
  auto const name = attribute(event, "name");
  auto const by_name = [&](std::string const& key) {
    return matches_prefix(filters, key, event.id) || matches_prefix(filters, key, name);
  };
  return std::ranges::all_of(kByName, by_name) && (event.type != kTask || by_name("task"));
}

}  // namespace

std::string render_event(SwarmEvent const& event) {
  using Json = nlohmann::ordered_json;
  Json actor;
  actor["ID"] = event.id;
  actor["Attributes"] = event.attributes;
  Json document;
  document["Type"] = event.type;
  document["Action"] = event.action;
  document["Actor"] = std::move(actor);
  document["scope"] = "swarm";
  auto const since_epoch = event.time.time_since_epoch();
  document["time"] = std::chrono::floor<std::chrono::seconds>(since_epoch).count();
  document["timeNano"] = since_epoch.count();
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool passes(wire::Filters const& filters, SwarmEvent const& event) {
  if (event.type == kTask && !wants_tasks(filters)) {
    return false;
  }
  // No event of the swarm has an image.
  return !filters.contains("image") && matches_exactly(filters, "type", event.type) &&
         matches_exactly(filters, "event", event.action) &&
         matches_exactly(filters, "scope", "swarm") && passes_by_name(filters, event) &&
         matches_labels(filters, "label", event.attributes);
}

bool wants_tasks(wire::Filters const& filters) {
  return filters.contains("type") && matches_exactly(filters, "type", kTask);
}

}  // namespace swarmward::api
