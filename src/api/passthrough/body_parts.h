#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// Parts of bodies of the Engine API, which matches keys in any letter case. Pure.

namespace swarmward::api {

using OrderedJson = nlohmann::ordered_json;

/// Null unless it is an object that nests no deeper than wire::kMaxNesting: what is deeper cannot
/// be written again, and is left to the engine as it is.
[[nodiscard]] OrderedJson parse_object(std::string_view text);

/// The key as the body writes it; `name` if it is not there.
[[nodiscard]] std::string key_in(OrderedJson const& object, std::string const& name);
/// Null where it is not there, or `object` is none.
[[nodiscard]] OrderedJson const& part_of(OrderedJson const& object, std::string const& name);
/// Made if it is not there, or is no object.
OrderedJson& object_in(OrderedJson& object, std::string const& name);
/// Empty where it is not there, or is no text.
[[nodiscard]] std::string text_of_part(OrderedJson const& object, std::string const& name);
/// Compact, keys as they stand; what is no UTF-8 is replaced.
[[nodiscard]] std::string json_text(OrderedJson const& value);

}  // namespace swarmward::api
