#include "backends/docker/plain_answer.h"

#include <algorithm>
#include <charconv>

namespace swarmward::backends {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

/// The whole of `text` as a number without sign.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc{} && stop == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

/// `lower`: in lower case.
bool is_name(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, [](char given, char wanted) {
    return given == wanted || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == wanted);
  });
}

std::string_view trimmed(std::string_view value) {
  auto const begin = std::min(value.find_first_not_of(" \t"), value.size());
  auto const end = value.find_last_not_of(" \t") + 1;
  return value.substr(begin, std::max(begin, end) - begin);
}

/// The status of "HTTP/1.1 200 OK", if it is one of an answer that is final.
std::optional<unsigned> status_of(std::string_view line) {
  constexpr std::string_view kProtocol = "HTTP/1.1 ";
  constexpr std::size_t kDigits = 3;
  auto const end = kProtocol.size() + kDigits;
  if (!line.starts_with(kProtocol) || line.size() < end ||
      (line.size() > end && line[end] != ' ')) {
    return std::nullopt;
  }
  auto const status = number_of<unsigned>(line.substr(kProtocol.size(), kDigits));
  return status && *status >= 200 && *status < 600 ? status : std::nullopt;
}

/// What a head says that matters here.
struct Head {
  std::optional<std::size_t> length{};
  std::string_view api_version{};

  /// False if the answer is not of the plain kind.
  bool take(std::string_view line) {
    auto const colon = line.find(':');
    auto const name = line.substr(0, std::min(colon, line.size()));
    if (name.empty() || colon == line.npos || name.find_first_of(" \t") != name.npos) {
      return false;
    }
    if (is_name(name, "content-length")) {
      bool const first = !length;
      length = number_of<std::size_t>(trimmed(line.substr(colon + 1)));
      return first && length;
    }
    if (is_name(name, "api-version")) {
      api_version = trimmed(line.substr(colon + 1));
    }
    return !is_name(name, "transfer-encoding") && !is_name(name, "connection") &&
           !is_name(name, "upgrade");
  }
};

}  // namespace

std::optional<PlainAnswer> read_plain_answer(std::string_view bytes) {
  auto const end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) {
    return std::nullopt;
  }
  auto lines = bytes.substr(0, end);
  auto const next_line = [&lines] {
    auto const line = lines.substr(0, lines.find(kLineEnd));
    lines.remove_prefix(std::min(line.size() + kLineEnd.size(), lines.size()));
    return line;
  };
  auto const status = status_of(next_line());
  if (!status) {
    return std::nullopt;
  }
  Head head;
  while (!lines.empty()) {
    if (!head.take(next_line())) {
      return std::nullopt;
    }
  }
  auto const body = bytes.substr(end + 2 * kLineEnd.size());
  bool const bodiless = *status == 204 || *status == 304;
  if (bodiless ? !body.empty() : head.length != body.size()) {
    return std::nullopt;
  }
  return PlainAnswer{*status, head.api_version, body};
}

}  // namespace swarmward::backends
