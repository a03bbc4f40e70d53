#include "api/routes/payload_filters.h"

#include <algorithm>
#include <string>

#include "api/routes/matching.h"

namespace swarmward::api {

namespace {

/// The filters in the form that the objects are compared with.
struct PayloadFilter {
  bool all = true;  ///< Nothing is said of ids and names.
  wire::Filters words;
  wire::Filters labels;
};

PayloadFilter prepared(wire::Filters const& filters) {
  PayloadFilter filter;
  for (auto const* key : {"id", "name", "names"}) {
    if (auto const* values = find_filter(filters, key)) {
      filter.all = false;
      auto& words = filter.words[key];
      for (auto const& value : *values) {
        words.push_back(state::lower_case(value));
      }
    }
  }
  if (auto const* values = find_filter(filters, "label")) {
    filter.labels["label"] = *values;
  }
  return filter;
}

template <class T>
bool payload_passes(PayloadFilter const& filter, T const& payload) {
  auto const name = state::lower_case(payload.name());
  auto const has = [&](std::string const& key, auto const& matches) {
    return filter.words.contains(key) && matches(filter.words, key);
  };
  bool const named =
      filter.all ||
      has("id",
          [&](auto const& words, auto const& key) {
            return matches_prefix(words, key, payload.id.view());
          }) ||
      has("name",
          [&](auto const& words, auto const& key) { return matches_prefix(words, key, name); }) ||
      has("names",
          [&](auto const& words, auto const& key) { return matches_exactly(words, key, name); });
  return named && matches_label_map(filter.labels, "label", payload.spec.annotations.labels);
}

}  // namespace

template <>
Result<void> check_payload_filters<model::Secret>(wire::Filters const& filters) {
  return wire::check_filter_keys(filters, {"names", "name", "id", "label"});
}
template <>
Result<void> check_payload_filters<model::Config>(wire::Filters const& filters) {
  return wire::check_filter_keys(filters, {"name", "id", "label"});
}

template <class T>
std::vector<std::shared_ptr<T const>> filter_payloads(state::Snapshot const& snapshot,
                                                      wire::Filters const& filters) {
  auto const filter = prepared(filters);
  std::vector<std::shared_ptr<T const>> found;
  for (auto const [id, payload] : PayloadKind<T>::table(snapshot)) {
    if (payload_passes(filter, *payload)) {
      found.push_back(payload);
    }
  }
  return found;
}

template std::vector<state::SecretPtr> filter_payloads<model::Secret>(state::Snapshot const&,
                                                                      wire::Filters const&);
template std::vector<state::ConfigPtr> filter_payloads<model::Config>(state::Snapshot const&,
                                                                      wire::Filters const&);

}  // namespace swarmward::api
