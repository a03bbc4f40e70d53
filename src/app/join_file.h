#pragma once

#include <filesystem>
#include <string>

#include "app/membership.h"

namespace swarmward::app {

/// What a file says that names a swarm to join.
struct JoinWish {
  wire::JoinRequest request;
  std::string hostname;  ///< The name to join under; empty: the engine's.
};

/// A JSON object: the body of POST /swarm/join, of which `ListenAddr` may be left out, and
/// "Hostname". Errors: InvalidArgument.
[[nodiscard]] Result<JoinWish> parse_join_file(std::string const& text);

/// Joins the swarm that the file names, and removes the file then, for it holds a token. Tries
/// again, at growing intervals, as long as no manager is reached; what a manager refuses is logged
/// and not tried again before the next start. Nothing if there is no file; a file is removed, too,
/// if this host is a worker already. Never returns an error; runs on the io thread.
boost::asio::awaitable<void> join_by_file(Membership* membership, std::filesystem::path path);

}  // namespace swarmward::app
