#pragma once

#include <string>

// Hosts as they stand in "host:port". Pure.

namespace swarmward::net {

/// An IPv4 or IPv6 address, without brackets.
[[nodiscard]] bool is_ip(std::string const& text);
/// "[::1]" for "::1"; anything else as it is.
[[nodiscard]] std::string in_brackets(std::string const& host);
/// "::1" for "[::1]"; anything else as it is.
[[nodiscard]] std::string without_brackets(std::string const& host);
/// "10.0.0.1" for "::ffff:10.0.0.1", as sockets of both families show it; anything else as it is.
[[nodiscard]] std::string unmapped(std::string const& ip);

}  // namespace swarmward::net
