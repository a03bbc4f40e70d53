#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace swarmward::wire {

/// Values by key; keys AND, what values mean is the endpoint's business. Values are distinct.
using Filters = std::map<std::string, std::vector<std::string>>;

/// Takes `{"k":{"v":true}}` (the boolean is ignored) and `{"k":["v"]}`; empty text is no filter.
/// Errors: InvalidArgument `invalid filter`.
[[nodiscard]] Result<Filters> parse_filters(std::string_view json);

/// Errors: InvalidArgument `invalid filter 'foo'` for the first key that is not allowed.
[[nodiscard]] Result<void> check_filter_keys(Filters const& filters,
                                             std::span<std::string_view const> allowed);
[[nodiscard]] Result<void> check_filter_keys(Filters const& filters,
                                             std::initializer_list<std::string_view> allowed);

}  // namespace swarmward::wire
