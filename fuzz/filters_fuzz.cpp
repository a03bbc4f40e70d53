#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/filters.h"
#include "wire/query.h"

/// The `filters` parameter and the other texts of a query. Filters that were accepted must be
/// accepted again, and equal, from both forms that clients write.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace wire = swarmward::wire;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  static_cast<void>(wire::strict_bool("status", text));
  static_cast<void>(wire::parse_version("service", text));
  auto const filters = wire::parse_filters(text);
  if (!filters) {
    return 0;
  }
  static_cast<void>(wire::check_filter_keys(*filters, {"id", "name", "label"}));
  nlohmann::json lists = nlohmann::json::object();
  nlohmann::json sets = nlohmann::json::object();
  for (auto const& [key, values] : *filters) {
    if (std::set(values.begin(), values.end()).size() != values.size()) {
      std::abort();
    }
    lists[key] = values;
    sets[key] = nlohmann::json::object();
    for (auto const& value : values) {
      sets[key][value] = true;
    }
  }
  auto const sorted = [](wire::Filters entries) {
    for (auto& [key, values] : entries) {
      std::sort(values.begin(), values.end());
    }
    return entries;
  };
  auto const from_lists = wire::parse_filters(wire::dump_json(lists));
  auto const from_sets = wire::parse_filters(wire::dump_json(sets));
  bool const same = from_lists && from_sets && sorted(*from_lists) == sorted(*filters) &&
                    sorted(*from_sets) == sorted(*filters);
  if (!same) {
    std::abort();
  }
  return 0;
}
