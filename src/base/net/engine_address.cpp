#include "base/net/engine_address.h"

#include <charconv>

#include <sys/un.h>

#include "base/net/host_text.h"

namespace swarmward::net {

namespace {

constexpr std::string_view kUnix = "unix://";
constexpr std::string_view kTcp = "tcp://";

bool is_port(std::string_view text) {
  unsigned port = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0 && port <= 65535;
}

}  // namespace

Error malformed_address(std::string_view text, std::string_view why) {
  std::string message = "invalid engine address \"";
  message.append(text).append("\": ").append(why);
  return invalid_argument(std::move(message));
}

Result<EngineAddress> parse_engine_address(std::string_view text) {
  EngineAddress address;
  if (text.starts_with(kUnix)) {
    address.path = text.substr(kUnix.size());
    if (!address.path.starts_with('/')) {
      return malformed_address(text, "the path of a unix socket is absolute");
    }
    if (address.path.size() >= sizeof(sockaddr_un::sun_path)) {
      return malformed_address(text, "the path is too long for a unix socket");
    }
    return address;
  }
  if (!text.starts_with(kTcp)) {
    return malformed_address(text, "must start with unix:// or tcp://");
  }
  auto const rest = text.substr(kTcp.size());
  auto const colon = rest.rfind(':');
  if (colon == std::string_view::npos || !is_port(rest.substr(colon + 1))) {
    return malformed_address(text, "must end with a port");
  }
  auto host = without_brackets(std::string(rest.substr(0, colon)));
  if (host.empty() || host.find('/') != std::string::npos) {
    return malformed_address(text, "must name a host");
  }
  address.host = std::move(host);
  address.port = rest.substr(colon + 1);
  return address;
}

std::string to_string(EngineAddress const& address) {
  if (address.is_unix()) {
    return "unix://" + address.path;
  }
  return "tcp://" + in_brackets(address.host) + ":" + address.port;
}

}  // namespace swarmward::net
