#include "wire/filters.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "wire/body.h"

namespace swarmward::wire {

namespace {

using nlohmann::json;

Error bad_filter() {
  return invalid_argument("invalid filter");
}

/// `{"v":true}`: the values are the keys.
Result<std::vector<std::string>> values_of_map(json const& map) {
  std::vector<std::string> values;
  for (auto const& [value, flag] : map.items()) {
    if (!flag.is_boolean() && !flag.is_null()) {
      return bad_filter();
    }
    values.push_back(value);
  }
  return values;
}

Result<std::vector<std::string>> values_of_list(json const& list) {
  std::vector<std::string> values;
  for (auto const& value : list) {
    if (!value.is_string()) {
      return bad_filter();
    }
    values.push_back(value.get_ref<std::string const&>());
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

Result<std::vector<std::string>> values_of(json const& value) {
  if (value.is_null()) {
    return std::vector<std::string>{};
  }
  if (value.is_object()) {
    return values_of_map(value);
  }
  return value.is_array() ? values_of_list(value) : bad_filter();
}

}  // namespace

Result<Filters> parse_filters(std::string_view text) {
  auto const document = parse_body(text);
  if (!document || (!document->is_object() && !document->is_null())) {
    return bad_filter();
  }
  Filters filters;
  for (auto const& [key, value] : document->items()) {
    auto values = values_of(value);
    if (!values) {
      return values.error();
    }
    filters[key] = std::move(*values);
  }
  return filters;
}

Result<void> check_filter_keys(Filters const& filters, std::span<std::string_view const> allowed) {
  for (auto const& [key, values] : filters) {
    if (std::ranges::find(allowed, std::string_view(key)) == allowed.end()) {
      return invalid_argument("invalid filter '" + key + "'");
    }
  }
  return {};
}

Result<void> check_filter_keys(Filters const& filters,
                               std::initializer_list<std::string_view> allowed) {
  return check_filter_keys(filters, std::span(allowed.begin(), allowed.size()));
}

}  // namespace swarmward::wire
