#include "api/server/target.h"

#include <algorithm>
#include <vector>

namespace swarmward::api {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  char const lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Length of "/v1.41" at the start of a path, or 0. Only if another segment follows.
std::size_t version_prefix(std::string_view path) {
  if (!path.starts_with("/v")) {
    return 0;
  }
  auto const end = path.find_first_not_of("0123456789.", 2);
  return end != std::string_view::npos && end > 2 && path[end] == '/' ? end : 0;
}

/// Splits off "http://host"; what is left starts with the path.
std::size_t origin_length(std::string_view target) {
  auto const scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) {
    return 0;
  }
  return std::min(target.find('/', scheme + 3), target.size());
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    int const high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    int const low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

std::multimap<std::string, std::string> parse_query(std::string_view raw) {
  std::multimap<std::string, std::string> query;
  while (!raw.empty()) {
    auto const end = std::min(raw.find('&'), raw.size());
    std::string pair(raw.substr(0, end));
    raw.remove_prefix(std::min(end + 1, raw.size()));
    std::ranges::replace(pair, '+', ' ');
    auto const equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(std::string_view(pair).substr(0, equals));
    auto value = percent_decode(std::string_view(pair).substr(std::min(equals + 1, pair.size())));
    if (!pair.empty() && name && value) {
      query.emplace(std::move(*name), std::move(*value));
    }
  }
  return query;
}

std::optional<Target> parse_target(std::string_view target) {
  Target result;
  auto const origin = origin_length(target);
  result.origin = target.substr(0, origin);
  target.remove_prefix(origin);
  if (!target.starts_with('/')) {
    return std::nullopt;
  }
  auto const question = std::min(target.find('?'), target.size());
  result.has_query = question < target.size();
  result.raw_query = target.substr(std::min(question + 1, target.size()));
  auto path = target.substr(0, question);
  if (auto const prefix = version_prefix(path); prefix > 0) {
    result.version = parse_api_version(path.substr(2, prefix - 2));
    path.remove_prefix(prefix);
  }
  result.raw_path = path;
  auto decoded = percent_decode(path);
  if (!decoded) {
    return std::nullopt;
  }
  result.path = std::move(*decoded);
  return result;
}

std::string render_target(Target const& target, std::optional<ApiVersion> version) {
  auto text = target.origin;
  if (version) {
    text += "/v" + to_string(*version);
  }
  text += target.raw_path;
  return target.has_query ? text + "?" + target.raw_query : text;
}

std::optional<NodePrefix> parse_node_prefix(Target const& target) {
  constexpr std::string_view kRoot = "/nodes/";
  std::string_view const path = target.raw_path;
  if (target.version || !path.starts_with(kRoot)) {
    return std::nullopt;
  }
  auto const slash = path.find('/', kRoot.size());
  if (slash == std::string_view::npos || slash == kRoot.size()) {
    return std::nullopt;
  }
  auto const rest = path.substr(slash);
  auto node = percent_decode(path.substr(kRoot.size(), slash - kRoot.size()));
  if (rest == "/update" || rest == "/" || !node) {
    return std::nullopt;
  }
  NodePrefix prefix{std::move(*node), std::string(rest)};
  if (target.has_query) {
    prefix.rest += "?" + target.raw_query;
  }
  return prefix;
}

std::optional<std::string> cleaned_target(std::string_view target) {
  target.remove_prefix(origin_length(target));
  auto const question = std::min(target.find('?'), target.size());
  auto const path = target.substr(0, question);
  std::vector<std::string_view> segments;
  for (std::size_t begin = 1; begin <= path.size();) {
    auto const end = std::min(path.find('/', begin), path.size());
    auto const segment = path.substr(begin, end - begin);
    begin = end + 1;
    if (segment == ".." && !segments.empty()) {
      segments.pop_back();
    } else if (!segment.empty() && segment != "." && segment != "..") {
      segments.push_back(segment);
    }
  }
  std::string clean;
  for (auto const segment : segments) {
    clean.append("/").append(segment);
  }
  if (clean.empty() || path.ends_with('/')) {
    clean += '/';
  }
  if (clean == path) {
    return std::nullopt;
  }
  return clean.append(target.substr(question));
}

ApiVersion offered_version(EngineFacts const& facts) {
  return std::max(kLeastOfferedApiVersion, facts.version);
}

std::optional<Response> refuse_version(ApiVersion asked, ApiVersion offered) {
  Response refusal;
  refusal.status = 400;
  if (asked < kMinApiVersion) {
    refusal.content_type = "text/plain; charset=utf-8";
    refusal.body = "client version " + to_string(asked) +
                   " is too old. Minimum supported API version is " + to_string(kMinApiVersion) +
                   ", please upgrade your client to a newer version\n";
    return refusal;
  }
  if (asked > offered) {
    refusal.body = "{\"message\":\"client version " + to_string(asked) +
                   " is too new. Maximum supported API version is " + to_string(offered) + "\"}\n";
    return refusal;
  }
  return std::nullopt;
}

}  // namespace swarmward::api
