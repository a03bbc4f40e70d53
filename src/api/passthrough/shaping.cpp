#include "api/passthrough/shaping.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/passthrough/body_parts.h"
#include "api/server/target.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

using Json = nlohmann::ordered_json;

bool is_true(std::string_view word) {
  return word == "1" || word == "t" || word == "T" || word == "true" || word == "TRUE" ||
         word == "True";
}

bool is_false(std::string_view word) {
  return word == "0" || word == "f" || word == "F" || word == "false" || word == "FALSE" ||
         word == "False";
}

/// The words of one filter: {"k": ["a"]} or, of old clients, {"k": {"a": true}}.
std::vector<std::string> filter_words(Json const& filter) {
  std::vector<std::string> words;
  for (auto const& [key, value] : filter.items()) {
    if (filter.is_object()) {
      words.push_back(key);
    } else if (value.is_string()) {
      words.push_back(value.get<std::string>());
    }
  }
  return words;
}

/// Keys of the API are matched in any letter case.
Json::iterator find_key(Json& object, std::string_view name) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (auto it = object.begin(); it != object.end(); ++it) {
    if (std::ranges::equal(it.key(), name, {}, lower, lower)) {
      return it;
    }
  }
  return object.end();
}

/// The MAC address of the only endpoint that asks for one.
std::string endpoint_mac(Json& body) {
  auto const networking = find_key(body, "NetworkingConfig");
  if (networking == body.end() || !networking->is_object()) {
    return {};
  }
  auto const endpoints = find_key(*networking, "EndpointsConfig");
  if (endpoints == networking->end() || !endpoints->is_object() || endpoints->size() != 1 ||
      !endpoints->begin()->is_object()) {
    return {};
  }
  auto& endpoint = *endpoints->begin();
  auto const mac = find_key(endpoint, "MacAddress");
  return mac != endpoint.end() && mac->is_string() ? mac->get<std::string>() : std::string{};
}

}  // namespace

Shaping find_shaping(std::string_view method,
                     std::string_view path,
                     ApiVersion asked,
                     ApiVersion engine) {
  struct Case {
    std::string_view path;
    ApiVersion since;
    Shaping shaping;
  };
  constexpr ApiVersion k142{1, 42};
  constexpr ApiVersion k144{1, 44};
  for (auto const& known : {Case{"/volumes/prune", k142, Shaping::PruneVolumes},
                            Case{"/networks/create", k144, Shaping::CheckDuplicate},
                            Case{"/containers/create", k144, Shaping::MacAddress}}) {
    if (method == "POST" && path == known.path && asked >= known.since && engine < known.since) {
      return known.shaping;
    }
  }
  return Shaping::None;
}

std::string with_check_duplicate(std::string body) {
  auto document = parse_object(body);
  if (!document.is_object()) {
    return body;
  }
  if (auto const found = find_key(document, "CheckDuplicate"); found != document.end()) {
    *found = true;
  } else {
    document["CheckDuplicate"] = true;
  }
  return json_text(document);
}

std::string with_mac_address(std::string body) {
  auto document = parse_object(body);
  if (!document.is_object()) {
    return body;
  }
  auto const mac = endpoint_mac(document);
  auto const own = find_key(document, "MacAddress");
  if (mac.empty() || (own != document.end() && own->is_string() && *own != "")) {
    return body;
  }
  if (own != document.end()) {
    *own = mac;
  } else {
    document["MacAddress"] = mac;
  }
  return json_text(document);
}

Result<PrunePlan> plan_volume_prune(std::string_view raw_query) {
  auto const query = parse_query(raw_query);
  auto const given = query.lower_bound("filters");
  auto const text = given == query.end() || given->first != "filters" ? "" : given->second;
  auto filters = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
  if (!filters.is_object()) {
    return invalid_argument("invalid filter");
  }
  PrunePlan plan;
  if (auto const all = filters.find("all"); all != filters.end()) {
    auto const words = filter_words(*all);
    plan.all = words.size() == 1 && is_true(words.front());
    if (!plan.all && (words.size() != 1 || !is_false(words.front()))) {
      return invalid_argument("invalid filter 'all=" + json_text(Json(words)) + "'");
    }
    filters.erase("all");
  }
  if (!plan.all) {
    filters["dangling"] = Json::array({"true"});
  }
  plan.engine_query = "filters=" + percent_encode(json_text(filters));
  return plan;
}

std::vector<std::string> anonymous_volumes(std::string_view list) {
  std::vector<std::string> names;
  auto const document = Json::parse(list, nullptr, false);
  if (!document.is_object() || !document.contains("Volumes")) {
    return names;
  }
  for (auto const& volume : document["Volumes"]) {
    if (!volume.is_object() || !volume.contains("Name") || !volume["Name"].is_string()) {
      continue;
    }
    auto name = volume["Name"].get<std::string>();
    if (name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

std::string render_prune_report(std::vector<std::string> const& deleted) {
  Json report = Json::object();
  report["VolumesDeleted"] = deleted;
  report["SpaceReclaimed"] = 0;
  return json_text(report);
}

}  // namespace swarmward::api
