#pragma once

#include <string>
#include <string_view>

namespace swarmward {

/// All but unreserved characters and those of `keep` as %XX: for a segment or a value in a query.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = "");

}  // namespace swarmward
