#include "model/template/run/format.h"

#include <algorithm>
#include <optional>

#include "model/template/run/verbs.h"

namespace swarmward::model::templates {

namespace {

/// Reads digits at `at`; nothing if the number is too large.
std::optional<std::size_t> read_number(std::string_view pattern, std::size_t& at) {
  std::size_t number = 0;
  bool fits = true;
  for (; at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9'; ++at) {
    number = std::min(number * 10 + static_cast<std::size_t>(pattern[at] - '0'), kMaxWidth + 1);
    fits = number <= kMaxWidth;
  }
  return fits ? std::optional(number) : std::nullopt;
}

void read_flags(std::string_view pattern, std::size_t& at, Directive& how) {
  for (; at < pattern.size(); ++at) {
    switch (pattern[at]) {
      case '-':
        how.minus = true;
        how.zero = false;
        break;
      case '+':
        how.plus = true;
        break;
      case '#':
        how.sharp = true;
        break;
      case ' ':
        how.space = true;
        break;
      case '0':
        how.zero = !how.minus;
        break;
      default:
        return;
    }
  }
}

}  // namespace

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (char const c : text) {
    constexpr std::string_view kSpecial = "\"\\\a\b\f\n\r\t\v";
    constexpr std::string_view kLetters = "\"\\abfnrtv";
    auto const byte = static_cast<unsigned char>(c);
    if (auto const known = kSpecial.find(c); known != std::string_view::npos) {
      out += '\\';
      out += kLetters[known];
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x" + hex({&c, 1});
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string format_value(Value const& value) {
  Directive plain;
  plain.verb = 'v';
  return format_argument(value, plain);
}

std::string format(std::string_view pattern, std::span<Value const> arguments) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '%') {
      out += pattern[at++];
      continue;
    }
    Directive how;
    read_flags(pattern, ++at, how);
    auto const width = read_number(pattern, at);
    how.width = width.value_or(0);
    out += width ? "" : "%!(BADWIDTH)";
    if (at < pattern.size() && pattern[at] == '.') {
      how.precision = read_number(pattern, ++at);
      out += how.precision ? "" : "%!(BADPREC)";
    }
    if (at == pattern.size()) {
      out += "%!(NOVERB)";
      break;
    }
    how.verb = pattern[at++];
    if (how.verb == '%') {
      out += '%';
    } else if (next == arguments.size()) {
      out += std::string("%!") + how.verb + "(MISSING)";
    } else {
      out += format_argument(arguments[next++], how);
    }
  }
  for (auto first = next; next < arguments.size(); ++next) {
    auto const& extra = arguments[next];
    out += next == first ? "%!(EXTRA " : ", ";
    out += extra.is_nil() ? "<nil>" : std::string(type_name(extra)) + "=" + format_value(extra);
    out += next + 1 == arguments.size() ? ")" : "";
  }
  return out;
}

}  // namespace swarmward::model::templates
