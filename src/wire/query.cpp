#include "wire/query.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/codec/text.h"

namespace swarmward::wire {

namespace {

constexpr std::array<std::string_view, 6> kTrue{"1", "t", "T", "TRUE", "true", "True"};
constexpr std::array<std::string_view, 6> kFalse{"0", "f", "F", "FALSE", "false", "False"};
constexpr std::array<std::string_view, 5> kLooseFalse{"", "0", "no", "false", "none"};

bool contains(auto const& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  auto const first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos
             ? std::string_view{}
             : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

bool loose_bool(std::string_view value) {
  return !contains(kLooseFalse, to_lower(trim(value)));
}

Result<bool> strict_bool(std::string_view name, std::string_view value) {
  if (value.empty() || contains(kFalse, value)) {
    return false;
  }
  if (contains(kTrue, value)) {
    return true;
  }
  std::string text = "invalid value for ";
  text.append(name).append(": ").append(value);
  if (!name.starts_with("rotate")) {
    text.append(": strconv.ParseBool: parsing ").append(go_quote(value)).append(": invalid syntax");
  }
  return invalid_argument(std::move(text));
}

Result<std::uint64_t> parse_version(std::string_view kind, std::string_view text) {
  std::uint64_t version = 0;
  auto const* end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, version);
  if (!text.empty() && error == std::errc() && stop == end) {
    return version;
  }
  std::string message = "invalid " + std::string(kind) + " version";
  if (kind == "secret" || kind == "config") {
    return invalid_argument(std::move(message));
  }
  bool const too_big = error == std::errc::result_out_of_range && stop == end;
  message.append(" '").append(text).append("': strconv.ParseUint: parsing ");
  message.append(go_quote(text)).append(too_big ? ": value out of range" : ": invalid syntax");
  return invalid_argument(std::move(message));
}

}  // namespace swarmward::wire
