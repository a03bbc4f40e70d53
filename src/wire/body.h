#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace swarmward::wire {

/// Deeper documents are refused: no object of the API nests half as deep.
inline constexpr std::size_t kMaxNesting = 64;

/// Whether the first value in the text is deeper than that; it need be no JSON.
[[nodiscard]] bool nests_too_deep(std::string_view text);

/// A request body as Go's decoder takes it: an empty body is null, which every object reads as its
/// zero value. Of equal keys the last wins, and
/// U+FFFD stands for what is no text in strings. Errors: InvalidArgument, with the texts of engine
/// ≥ 23.
[[nodiscard]] Result<nlohmann::json> parse_body(std::string_view body);

/// Compact text. Never fails: bytes that are not UTF-8 become U+FFFD. HTML is not escaped.
[[nodiscard]] std::string dump_json(nlohmann::json const& document);

}  // namespace swarmward::wire
