#include "model/template/run/verbs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "model/template/run/format.h"

namespace swarmward::model::templates {

namespace {

std::string shortest(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  // Go's %v turns to an exponent below 1e-4 and from 1e21 on.
  auto const size = std::abs(value);
  bool const plain = size == 0 || (size >= 1e-4 && size < 1e21);
  std::array<char, 64> out{};
  auto const end = std::to_chars(out.data(),
                                 out.data() + out.size(),
                                 value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  return {out.data(), end.ptr};
}

std::string with_base(std::int64_t value, int base) {
  std::array<char, 72> out{};
  return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value, base).ptr};
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string utf8(std::int64_t code) {
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return "\xef\xbf\xbd";
  }
  auto const byte = [](std::int64_t bits) { return static_cast<char>(bits); };
  if (code < 0x80) {
    return {byte(code)};
  }
  if (code < 0x800) {
    return {byte(0xc0 | (code >> 6)), byte(0x80 | (code & 63))};
  }
  if (code < 0x10000) {
    return {byte(0xe0 | (code >> 12)), byte(0x80 | ((code >> 6) & 63)), byte(0x80 | (code & 63))};
  }
  return {byte(0xf0 | (code >> 18)),
          byte(0x80 | ((code >> 12) & 63)),
          byte(0x80 | ((code >> 6) & 63)),
          byte(0x80 | (code & 63))};
}

std::optional<std::string> format_text(std::string const& text, Directive const& how) {
  auto const cut = how.precision ? text.substr(0, *how.precision) : text;
  switch (how.verb) {
    case 'v':
      return how.sharp ? quote(text) : cut;
    case 's':
      return cut;
    case 'q':
      return quote(cut);
    case 'x':
      return hex(cut);
    case 'X':
      return upper(hex(cut));
    default:
      return std::nullopt;
  }
}

std::optional<std::string> format_integer(std::int64_t value, Directive const& how) {
  auto const signed_text = [&how, value](std::string text) {
    return value >= 0 && how.plus ? "+" + text : value >= 0 && how.space ? " " + text : text;
  };
  switch (how.verb) {
    case 'v':
    case 'd':
      return signed_text(with_base(value, 10));
    case 'b':
      return signed_text(with_base(value, 2));
    case 'o':
      return signed_text(with_base(value, 8));
    case 'x':
      return signed_text((how.sharp ? "0x" : "") + with_base(value, 16));
    case 'X':
      return signed_text((how.sharp ? "0X" : "") + upper(with_base(value, 16)));
    case 'c':
      return utf8(value);
    case 'q':
      return "'" + utf8(value) + "'";
    default:
      return std::nullopt;
  }
}

std::optional<std::string> format_float(double value, Directive const& how) {
  if (how.verb == 'v' || ((how.verb == 'g' || how.verb == 'G') && !how.precision)) {
    return (how.plus && value >= 0 ? "+" : "") + shortest(value);
  }
  if (std::string_view("eEfFgG").find(how.verb) == std::string_view::npos) {
    return std::nullopt;
  }
  std::string const pattern = std::string("%") + (how.plus ? "+" : "") + ".*" + how.verb;
  // The largest double in %f has 309 digits before the point.
  std::string out(kMaxWidth + 400, '\0');
  auto const precision = static_cast<int>(how.precision.value_or(6));
  auto const size = std::snprintf(out.data(), out.size(), pattern.c_str(), precision, value);
  out.resize(static_cast<std::size_t>(std::max(size, 0)));
  return out;
}

std::string format_map(StringMap const& map, Directive const& how) {
  std::string out = "map[";
  for (auto const& [key, entry] : map) {
    out += out.back() == '[' ? "" : " ";
    out += format_argument({key}, how) + ":" + format_argument({entry}, how);
  }
  return out + "]";
}

std::string format_record(Record const& record, Directive const& how) {
  std::string out = record.type.starts_with('*') ? "&{" : "{";
  for (auto const& [name, field] : record.fields) {
    out += &field == &record.fields.front().second ? "" : " ";
    out += how.plus && how.verb == 'v' ? std::string(name) + ":" : "";
    out += format_argument(field, how);
  }
  return out + "}";
}

std::string mismatch(Value const& value, char verb) {
  std::string const shown =
      value.is_nil() ? "<nil>" : std::string(type_name(value)) + "=" + format_value(value);
  return std::string("%!") + verb + "(" + shown + ")";
}

std::string padded(std::string text, Directive const& how, bool number) {
  // Go counts characters, not bytes.
  auto const length = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
  if (length >= how.width) {
    return text;
  }
  auto const missing = how.width - length;
  if (how.minus) {
    return text + std::string(missing, ' ');
  }
  if (!how.zero) {
    return std::string(missing, ' ') + text;
  }
  bool const has_sign = number && (text.starts_with('-') || text.starts_with('+'));
  return text.insert(has_sign ? 1 : 0, missing, '0');
}

}  // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (char const c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string format_argument(Value const& value, Directive const& how) {
  if (how.verb == 'T') {
    return padded(std::string(type_name(value)), how, false);
  }
  if (auto const* map = value.map()) {
    return format_map(*map, how);
  }
  if (auto const* record = value.record()) {
    return format_record(*record, how);
  }
  std::optional<std::string> out;
  bool number = false;
  if (auto const* text = value.as<std::string>()) {
    out = format_text(*text, how);
  } else if (auto const* integer = value.as<std::int64_t>()) {
    out = format_integer(*integer, how);
    number = true;
  } else if (auto const* real = value.as<double>()) {
    out = format_float(*real, how);
    number = true;
  } else if (auto const* truth = value.as<bool>(); truth && (how.verb == 'v' || how.verb == 't')) {
    out = *truth ? "true" : "false";
  } else if (value.is_nil() && how.verb == 'v') {
    out = "<nil>";
  }
  return out ? padded(std::move(*out), how, number) : mismatch(value, how.verb);
}

}  // namespace swarmward::model::templates
