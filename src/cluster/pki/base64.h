#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace swarmward::cluster {

/// Standard alphabet, without padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Strict: no padding, no white space. Nothing if malformed.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace swarmward::cluster
