#include "wire/codec/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>

namespace swarmward::wire {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

/// What follows the two or three digits of the last group: its padding, then nothing.
std::optional<std::size_t> check_padding(std::string_view text,
                                         std::size_t at,
                                         std::size_t digits) {
  auto const skip_breaks = [&](std::size_t from) {
    while (from < text.size() && is_line_break(text[from])) {
      ++from;
    }
    return from;
  };
  if (digits < 2) {
    return at;
  }
  std::size_t next = skip_breaks(at + 1);
  if (digits == 2) {
    if (next == text.size()) {
      return next;
    }
    if (text[next] != '=') {
      return next;
    }
    next = skip_breaks(next + 1);
  }
  return next < text.size() ? std::optional(next) : std::nullopt;
}

void append_group(std::string& bytes, std::uint32_t bits, std::size_t digits) {
  bits <<= 6 * (4 - digits);
  for (std::size_t i = 0; i + 1 < digits; ++i) {
    bytes.push_back(static_cast<char>((bits >> (16 - 8 * i)) & 0xffU));
  }
}

}  // namespace

std::string go_quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "abtnvfr";
  constexpr std::string_view kControl = "\a\b\t\n\v\f\r";
  std::string quoted = "\"";
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (auto const at = kControl.find(c); at != std::string_view::npos) {
      quoted.append({'\\', kShort[at]});
    } else if (c == '"' || c == '\\') {
      quoted.append({'\\', c});
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted.append({'\\', 'x', kHex[byte >> 4U], kHex[byte & 0xfU]});
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

std::string go_float(double value) {
  std::array<char, 64> buffer{};
  auto const text = [&](std::chars_format format) {
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format).ptr;
    return std::string(buffer.data(), end);
  };
  auto scientific = text(std::chars_format::scientific);
  auto const e = scientific.find('e');
  int const exponent = e == std::string::npos ? 0 : std::atoi(scientific.c_str() + e + 1);
  return exponent < -4 || exponent >= 21 ? scientific : text(std::chars_format::fixed);
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

bool equal_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto const count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = (bits << 8U) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= count ? kAlphabet[(bits >> (18 - 6 * k)) & 0x3fU] : '=');
    }
  }
  return text;
}

Base64Result base64_decode(std::string_view text) {
  Base64Result result;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_line_break(text[i])) {
      continue;
    }
    if (text[i] == '=') {
      result.bad_at = check_padding(text, i, digits);
      append_group(result.bytes, bits, digits);
      return result;
    }
    auto const digit = kAlphabet.find(text[i]);
    if (digit == std::string_view::npos) {
      result.bad_at = i;
      return result;
    }
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    if (++digits == 4) {
      append_group(result.bytes, bits, 4);
      bits = 0;
      digits = 0;
    }
  }
  if (digits != 0) {
    result.bad_at = text.size() - digits;
  }
  return result;
}

}  // namespace swarmward::wire
