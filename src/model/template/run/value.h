#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/common.h"

namespace swarmward::model::templates {

struct Value;

/// A record of the context, with the name that Go's errors give its type.
struct Record {
  std::string_view type;
  std::vector<std::pair<std::string_view, Value>> fields;
};

/// What an expression yields. Records and maps are borrowed from the context.
struct Value {
  std::variant<std::monostate,
               bool,
               std::int64_t,
               double,
               std::string,
               StringMap const*,
               Record const*>
      data;

  [[nodiscard]] bool is_nil() const { return std::holds_alternative<std::monostate>(data); }
  template <class T>
  [[nodiscard]] T const* as() const {
    return std::get_if<T>(&data);
  }
  [[nodiscard]] StringMap const* map() const {
    auto const* held = as<StringMap const*>();
    return held ? *held : nullptr;
  }
  [[nodiscard]] Record const* record() const {
    auto const* held = as<Record const*>();
    return held ? *held : nullptr;
  }
};

/// Not nil, false, zero or empty.
[[nodiscard]] bool is_true(Value const& value);
/// As Go names it: "string", "map[string]string", …
[[nodiscard]] std::string_view type_name(Value const& value);
/// As an action prints it; nil is "<no value>".
[[nodiscard]] std::string print_result(Value const& value);

}  // namespace swarmward::model::templates
