#include "model/registry_server.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace swarmward::model {

namespace {

/// Of a name in the DNS.
constexpr std::size_t kLongestHost = 253;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_or_digit(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    return text.find_first_not_of("0123456789abcdefABCDEF:.", 1) == text.size() - 1;
  }
  return !text.empty() && text.size() <= kLongestHost && is_letter_or_digit(text.front()) &&
         is_letter_or_digit(text.back()) && std::ranges::all_of(text, [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
         });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end && port != 0;
}

}  // namespace

std::string normal_registry(std::string_view address) {
  for (std::string_view const scheme : {"https://", "http://"}) {
    if (address.starts_with(scheme)) {
      address.remove_prefix(scheme.size());
      break;
    }
  }
  std::string server(address.substr(0, address.find('/')));
  std::ranges::transform(server, server.begin(), lower);
  return server == "index.docker.io" ? std::string(kDockerHub) : server;
}

bool is_registry(std::string_view server) {
  auto const colon = server.rfind(':');
  bool const has_port = colon != std::string_view::npos && !server.ends_with(']');
  return is_host(server.substr(0, has_port ? colon : server.size())) &&
         (!has_port || is_port(server.substr(colon + 1)));
}

std::string registry_of_image(std::string_view reference) {
  auto const slash = reference.find('/');
  auto const first = reference.substr(0, slash);
  bool const names_one =
      slash != std::string_view::npos &&
      (first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
       std::ranges::any_of(first, [](char c) { return c >= 'A' && c <= 'Z'; }));
  return names_one ? normal_registry(first) : std::string(kDockerHub);
}

}  // namespace swarmward::model
