#include "model/template/syntax/literals.h"

#include <array>
#include <charconv>
#include <optional>

#include "model/template/run/format.h"

namespace swarmward::model::templates {

namespace {

/// Appends `code` as UTF-8.
void append_utf8(std::string& out, std::uint32_t code) {
  Value const number{static_cast<std::int64_t>(code)};
  out += format("%c", {&number, 1});
}

std::optional<std::uint32_t> digits(std::string_view text, int base) {
  std::uint32_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

/// What follows the backslash at `text[at]`; moves `at` behind it.
bool append_escape(std::string& out, std::string_view text, std::size_t& at, char quote) {
  constexpr std::string_view kLetters = "abfnrtv\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  if (++at >= text.size()) {
    return false;
  }
  char const c = text[at];
  if (auto const known = kLetters.find(c); known != std::string_view::npos || c == quote) {
    out += c == quote ? quote : kMeanings[known];
    ++at;
    return true;
  }
  if (c >= '0' && c <= '7') {
    auto const value = digits(text.substr(at, 3), 8);
    at += 3;
    if (value && *value < 256 && at <= text.size()) {
      out += static_cast<char>(*value);
      return true;
    }
    return false;
  }
  std::size_t const length = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  auto const value = length == 0 ? std::nullopt : digits(text.substr(at + 1, length), 16);
  bool const whole = at + 1 + length <= text.size();
  at += 1 + length;
  if (!value || !whole ||
      (c != 'x' && (*value > 0x10ffff || (*value >= 0xd800 && *value < 0xe000)))) {
    return false;
  }
  if (c == 'x') {
    out += static_cast<char>(*value);
  } else {
    append_utf8(out, *value);
  }
  return true;
}

std::optional<std::string> unescape(std::string_view text, char quote) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
    } else if (!append_escape(out, text, at, quote)) {
      return std::nullopt;
    }
  }
  return out;
}

/// Of well-formed UTF-8; anything else is no single character.
std::optional<std::int64_t> only_character(std::string const& text) {
  auto const first = text.empty() ? 0U : static_cast<unsigned char>(text[0]);
  std::size_t const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() != length) {
    return std::nullopt;
  }
  constexpr std::array<unsigned, 5> kMasks{0, 0x7f, 0x1f, 0x0f, 0x07};
  auto code = static_cast<std::int64_t>(first & kMasks.at(length));
  for (std::size_t at = 1; at < length; ++at) {
    code = code * 64 + (static_cast<unsigned char>(text[at]) & 0x3f);
  }
  return code;
}

}  // namespace

Result<Value> read_number(std::string const& text) {
  std::string plain;
  for (char const c : text) {
    if (c != '_') {
      plain += c;
    }
  }
  bool const negative = plain.starts_with('-');
  auto const body = std::string_view(plain).substr(negative || plain.starts_with('+') ? 1 : 0);
  int base = 10;
  std::size_t prefix = 0;
  if (body.size() > 1 && body[0] == '0') {
    char const mark = body[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    prefix = base != 8 || mark == 'o' || mark == 'O' ? 2 : 1;
  }
  auto const number = (negative ? "-" : "") + std::string(body.substr(prefix));
  std::int64_t integer = 0;
  auto const* const last = number.data() + number.size();
  auto const [end, error] = std::from_chars(number.data(), last, integer, base);
  bool const whole = end == last && !number.empty() && number != "-";
  if (whole && error == std::errc{}) {
    return Value{integer};
  }
  if (whole && error == std::errc::result_out_of_range) {
    return invalid_argument("integer overflow: " + quote(text));
  }
  double real = 0;
  auto const decimal = (negative ? "-" : "") + std::string(body);
  auto const* const decimal_last = decimal.data() + decimal.size();
  auto const [real_end, real_error] = std::from_chars(decimal.data(), decimal_last, real);
  if (real_end == decimal_last && real_error == std::errc{} && base != 16 && base != 2) {
    return Value{real};
  }
  return invalid_argument("illegal number syntax: " + quote(text));
}

Result<Value> read_string(std::string_view text) {
  auto plain = unescape(text.substr(1, text.size() - 2), '"');
  if (!plain) {
    return invalid_argument("invalid syntax");
  }
  return Value{std::move(*plain)};
}

Result<Value> read_character(std::string_view text) {
  auto const plain = unescape(text.substr(1, text.size() - 2), '\'');
  if (!plain) {
    return invalid_argument("invalid syntax");
  }
  auto const code = only_character(*plain);
  if (!code) {
    return invalid_argument("malformed character constant: " + std::string(text));
  }
  return Value{*code};
}

}  // namespace swarmward::model::templates
