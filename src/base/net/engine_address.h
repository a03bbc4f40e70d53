#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace swarmward::net {

/// Where an engine listens: a unix socket, or a host and a port.
struct EngineAddress {
  std::string path;  ///< Of the unix socket; empty for TCP.
  std::string host;  ///< Without the brackets of an IPv6 address.
  std::string port;

  [[nodiscard]] bool is_unix() const { return !path.empty(); }
};

/// "unix:///path" or "tcp://host:port". Errors: InvalidArgument.
[[nodiscard]] Result<EngineAddress> parse_engine_address(std::string_view text);
/// The error of an address that makes no sense.
[[nodiscard]] Error malformed_address(std::string_view text, std::string_view why);
[[nodiscard]] std::string to_string(EngineAddress const& address);

}  // namespace swarmward::net
