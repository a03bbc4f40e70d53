#include "api/passthrough/body_parts.h"

#include <algorithm>

#include "wire/body.h"

namespace swarmward::api {

OrderedJson parse_object(std::string_view text) {
  if (wire::nests_too_deep(text)) {
    return {};
  }
  auto document = OrderedJson::parse(text, nullptr, false);
  return document.is_object() ? document : OrderedJson();
}

std::string key_in(OrderedJson const& object, std::string const& name) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (auto const& [key, value] : object.items()) {
    if (std::ranges::equal(key, name, {}, lower, lower)) {
      return key;
    }
  }
  return name;
}

OrderedJson const& part_of(OrderedJson const& object, std::string const& name) {
  static OrderedJson const kNothing;
  if (!object.is_object()) {
    return kNothing;
  }
  auto const found = object.find(key_in(object, name));
  return found == object.end() ? kNothing : *found;
}

OrderedJson& object_in(OrderedJson& object, std::string const& name) {
  auto& part = object[key_in(object, name)];
  if (!part.is_object()) {
    part = OrderedJson::object();
  }
  return part;
}

std::string text_of_part(OrderedJson const& object, std::string const& name) {
  auto const& value = part_of(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::string json_text(OrderedJson const& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace swarmward::api
