#include "api/routes/matching.h"

#include "state/snapshot.h"

namespace swarmward::api {

std::vector<std::string> const* find_filter(wire::Filters const& filters, std::string const& key) {
  auto const found = filters.find(key);
  return found == filters.end() || found->second.empty() ? nullptr : &found->second;
}

bool matches_prefix(wire::Filters const& filters, std::string const& key, std::string_view text) {
  auto const* values = find_filter(filters, key);
  return values == nullptr || std::ranges::any_of(*values, [&](std::string const& value) {
           return text.starts_with(value);
         });
}

bool matches_exactly(wire::Filters const& filters, std::string const& key, std::string_view text) {
  auto const* values = find_filter(filters, key);
  return values == nullptr || std::ranges::find(*values, text) != values->end();
}

bool matches_labels(wire::Filters const& filters,
                    std::string const& key,
                    model::StringMap const& labels) {
  auto const* values = find_filter(filters, key);
  return values == nullptr || std::ranges::all_of(*values, [&](std::string const& wanted) {
           auto const equals = wanted.find('=');
           auto const label = labels.find(wanted.substr(0, equals));
           return label != labels.end() &&
                  (equals == std::string::npos || label->second == wanted.substr(equals + 1));
         });
}

bool matches_label_map(wire::Filters const& filters,
                       std::string const& key,
                       model::StringMap const& labels) {
  auto const* values = find_filter(filters, key);
  model::StringMap wanted;
  for (auto const& word : values == nullptr ? std::vector<std::string>() : *values) {
    auto const equals = word.find('=');
    wanted[word.substr(0, equals)] =
        equals == std::string::npos ? std::string() : word.substr(equals + 1);
  }
  return std::ranges::all_of(wanted, [&](auto const& entry) {
    auto const label = labels.find(entry.first);
    return label != labels.end() && (entry.second.empty() || label->second == entry.second);
  });
}

Result<void> check_filter_words(wire::Filters const& filters,
                                std::string const& key,
                                std::initializer_list<std::string_view> words) {
  auto const* values = find_filter(filters, key);
  if (values == nullptr) {
    return {};
  }
  for (auto const& value : *values) {
    if (!value.empty() && std::ranges::find(words, state::lower_case(value)) == words.end()) {
      return internal_error("Invalid " + key + " filter: '" + value + "'");
    }
  }
  return {};
}

}  // namespace swarmward::api
