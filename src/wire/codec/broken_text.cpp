#include "wire/codec/broken_text.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

namespace swarmward::wire {

namespace {

using nlohmann::json;

constexpr std::size_t kEscape = 6;  ///< "\ud83d"

/// By the library that writes strings so that others can read them.
std::string with_valid_bytes(std::string_view text) {
  auto const quoted = json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

/// The number of an escape that starts there.
std::optional<std::uint32_t> escape_at(std::string_view text, std::size_t at) {
  auto const digits = text.substr(std::min(at, text.size()), kEscape);
  if (digits.size() < kEscape || !digits.starts_with("\\u")) {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  auto const* const end = digits.data() + digits.size();
  auto const [stop, error] = std::from_chars(digits.data() + 2, end, number, 16);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

bool is_first_half(std::uint32_t number) {
  return number >= 0xD800 && number <= 0xDBFF;
}

bool is_second_half(std::uint32_t number) {
  return number >= 0xDC00 && number <= 0xDFFF;
}

}  // namespace

std::string replace_broken_text(std::string_view json_text) {
  auto text = with_valid_bytes(json_text);
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string::npos;) {
    auto const number = escape_at(text, at);
    if (!number) {
      at += 2;  // Another escape: what follows the backslash starts none.
      continue;
    }
    auto const next = escape_at(text, at + kEscape);
    if (is_first_half(*number) && next && is_second_half(*next)) {
      at += 2 * kEscape;
      continue;
    }
    if (is_first_half(*number) || is_second_half(*number)) {
      text.replace(at, kEscape, "\\ufffd");
    }
    at += kEscape;
  }
  return text;
}

}  // namespace swarmward::wire
