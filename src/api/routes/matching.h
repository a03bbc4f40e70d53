#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/common.h"
#include "wire/filters.h"

namespace swarmward::api {

/// The values under `key`, or null if the filter does not have any: an empty list lets all through.
[[nodiscard]] std::vector<std::string> const* find_filter(wire::Filters const& filters,
                                                          std::string const& key);

/// No such key, or `text` begins with one of its values.
[[nodiscard]] bool matches_prefix(wire::Filters const& filters,
                                  std::string const& key,
                                  std::string_view text);

/// No such key, or `text` is one of its values.
[[nodiscard]] bool matches_exactly(wire::Filters const& filters,
                                   std::string const& key,
                                   std::string_view text);

/// No such key, or `labels` has all its values, each `name` or `name=value`.
[[nodiscard]] bool matches_labels(wire::Filters const& filters,
                                  std::string const& key,
                                  model::StringMap const& labels);

/// The same as swarm mode's own objects are matched: of several values of one label the last
/// counts, and an empty one is any.
[[nodiscard]] bool matches_label_map(wire::Filters const& filters,
                                     std::string const& key,
                                     model::StringMap const& labels);

/// The values in lower case must all be among `words`, or empty. Errors: Internal
/// `Invalid role filter: 'zz'`, as native has it.
[[nodiscard]] Result<void> check_filter_words(wire::Filters const& filters,
                                              std::string const& key,
                                              std::initializer_list<std::string_view> words);

}  // namespace swarmward::api
