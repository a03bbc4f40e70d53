#include "base/net/host_text.h"

#include <string_view>

#include <arpa/inet.h>

namespace swarmward::net {

bool is_ip(std::string const& text) {
  in6_addr buffer{};
  return ::inet_pton(AF_INET, text.c_str(), &buffer) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &buffer) == 1;
}

std::string in_brackets(std::string const& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string without_brackets(std::string const& host) {
  bool const bracketed = host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

std::string unmapped(std::string const& ip) {
  constexpr std::string_view kMapped = "::ffff:";
  bool const mapped = ip.starts_with(kMapped) && ip.find('.') != std::string::npos;
  return mapped ? ip.substr(kMapped.size()) : ip;
}

}  // namespace swarmward::net
