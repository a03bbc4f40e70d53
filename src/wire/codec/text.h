#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace swarmward::wire {

/// Go's %q: quoted, with control characters and quotes escaped.
[[nodiscard]] std::string go_quote(std::string_view text);

/// Go's %g: shortest digits, an exponent below 1e-4 and from 1e21.
[[nodiscard]] std::string go_float(double value);

[[nodiscard]] std::string to_lower(std::string_view text);
/// ASCII letters compare without case.
[[nodiscard]] bool equal_any_case(std::string_view a, std::string_view b);

/// Standard alphabet, padded.
[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// Bytes, or where Go's decoder stops ("illegal base64 data at input byte N").
struct Base64Result {
  std::string bytes;
  std::optional<std::size_t> bad_at;
};
/// Standard alphabet, padding required, line breaks ignored.
[[nodiscard]] Base64Result base64_decode(std::string_view text);

}  // namespace swarmward::wire
