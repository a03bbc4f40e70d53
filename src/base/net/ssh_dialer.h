#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/net/dialer.h"

namespace swarmward::net {

/// An engine that is reached by logging in to its host.
struct SshTarget {
  std::string user;  ///< Empty: what ssh's settings say.
  std::string host;
  std::string port;           ///< Empty: what ssh's settings say.
  std::string identity_file;  ///< Path of a key; empty: what ssh finds itself.
  std::string known_hosts;    ///< Path of a file of host keys, besides the account's own; or empty.
  std::string control_path;   ///< Of a socket over which logins are shared; empty: each its own.
};

/// "ssh://[user@]host[:port]". Errors: InvalidArgument; names that ssh or its settings could take
/// for something else are refused too.
[[nodiscard]] Result<SshTarget> parse_ssh_address(std::string_view text);

/// What is run to speak with the engine: never a shell, and nothing secret in it.
[[nodiscard]] std::vector<std::string> ssh_arguments(SshTarget const& target,
                                                     std::chrono::seconds timeout);

/// Each connection is an ssh of its own that runs `docker system dial-stdio` over there; it ends
/// when the connection is closed. A dial is over when the engine has answered a ping. `keep` lives
/// as long as the dialer: what its files depend on.
[[nodiscard]] DialerPtr make_ssh_dialer(SshTarget target, std::shared_ptr<void const> keep);

}  // namespace swarmward::net
