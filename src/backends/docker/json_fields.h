#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "model/common.h"

// Reads of the engine's JSON that never throw: what is missing or of another type is empty.

namespace swarmward::backends {

using Json = nlohmann::json;

/// Null if it is not JSON.
[[nodiscard]] inline Json parse_json(std::string_view text) {
  auto document = Json::parse(text, nullptr, false);
  return document.is_discarded() ? Json{} : document;
}

[[nodiscard]] inline Json const& field(Json const& object, char const* key) {
  static Json const kNull;
  if (!object.is_object()) {
    return kNull;
  }
  auto const found = object.find(key);
  return found == object.end() ? kNull : *found;
}

[[nodiscard]] inline std::string text(Json const& object, char const* key) {
  auto const& value = field(object, key);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

[[nodiscard]] inline std::int64_t number(Json const& object, char const* key) {
  auto const& value = field(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

[[nodiscard]] inline bool flag(Json const& object, char const* key) {
  auto const& value = field(object, key);
  return value.is_boolean() && value.get<bool>();
}

[[nodiscard]] inline model::StringMap string_map(Json const& object) {
  model::StringMap map;
  if (object.is_object()) {
    for (auto const& [key, value] : object.items()) {
      if (value.is_string()) {
        map.emplace(key, value.get<std::string>());
      }
    }
  }
  return map;
}

}  // namespace swarmward::backends
