#include "wire/validate/image_reference.h"

#include <algorithm>
#include <cstddef>

#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

constexpr std::size_t kMaxReferenceLength = 255;
constexpr std::size_t kMaxTagLength = 128;
constexpr std::size_t kIdLength = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower_alnum(char c) {
  return is_digit(c) || is_lower(c);
}
bool is_lower_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

/// Whether every part between `separator` passes; an empty part is passed on too.
template <class Check>
bool all_parts(std::string_view text, char separator, Check check) {
  while (true) {
    auto const at = text.find(separator);
    if (!check(text.substr(0, at))) {
      return false;
    }
    if (at == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(at + 1);
  }
}

/// [a-z0-9]+ joined by one of "." "_" "__" or any number of "-".
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) {
    return false;
  }
  for (std::size_t i = 0; i < text.size();) {
    auto const start = i;
    while (i < text.size() && !is_lower_alnum(text[i])) {
      ++i;
    }
    auto const joint = text.substr(start, i - start);
    bool const dashes = joint.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && joint != "." && joint != "_" && joint != "__") {
      return false;
    }
    i += i < text.size() ? 1U : 0U;
  }
  return true;
}

bool is_domain_component(std::string_view text) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_ipv6_literal(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
         });
}

/// host[:port]
bool is_domain(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon != std::string_view::npos && !text.ends_with(']')) {
    auto const port = text.substr(colon + 1);
    if (port.empty() || !std::ranges::all_of(port, is_digit)) {
      return false;
    }
    text = text.substr(0, colon);
  }
  return is_ipv6_literal(text) || all_parts(text, '.', is_domain_component);
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTagLength && (is_alnum(text[0]) || text[0] == '_') &&
         std::ranges::all_of(
             text, [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

/// algorithm:hex with the length that the algorithm wants.
bool is_digest(std::string_view text) {
  struct Algorithm {
    std::string_view name;
    std::size_t hex_length;
  };
  constexpr Algorithm kAlgorithms[] = {{"sha256", 64}, {"sha384", 96}, {"sha512", 128}};
  auto const colon = text.find(':');
  if (colon == std::string_view::npos) {
    return false;
  }
  auto const hex = text.substr(colon + 1);
  return std::ranges::any_of(kAlgorithms, [&](Algorithm const& algorithm) {
    return algorithm.name == text.substr(0, colon) && hex.size() == algorithm.hex_length &&
           std::ranges::all_of(hex, is_lower_hex);
  });
}

/// Whether the first part of a familiar name is a registry, not a user.
bool names_a_registry(std::string_view first) {
  return first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
         std::ranges::any_of(first, is_upper);
}

bool is_name(std::string_view text) {
  auto const slash = text.find('/');
  std::string_view path = text;
  std::size_t prefix = 0;
  if (slash != std::string_view::npos && names_a_registry(text.substr(0, slash))) {
    if (!is_domain(text.substr(0, slash))) {
      return false;
    }
    path = text.substr(slash + 1);
  } else {
    // The full name has docker.io/, and library/ before a single word; its length counts.
    prefix = std::string_view("docker.io/").size() +
             (slash == std::string_view::npos ? std::string_view("library/").size() : 0);
  }
  return text.size() + prefix <= kMaxReferenceLength && all_parts(path, '/', is_path_component);
}

}  // namespace

bool is_image_reference(std::string_view text) {
  if (text.size() == kIdLength && std::ranges::all_of(text, is_lower_hex)) {
    return false;  // An image id, which names nothing in a registry.
  }
  if (auto const at = text.find('@'); at != std::string_view::npos) {
    if (!is_digest(text.substr(at + 1))) {
      return false;
    }
    text = text.substr(0, at);
  }
  auto const colon = text.rfind(':');
  bool const tagged =
      colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos;
  if (tagged && !is_tag(text.substr(colon + 1))) {
    return false;
  }
  return is_name(tagged ? text.substr(0, colon) : text);
}

}  // namespace swarmward::wire
