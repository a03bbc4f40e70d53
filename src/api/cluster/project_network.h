#pragma once

#include <string>

namespace swarmward::api {

/// The body of POST /networks/create for a network that containers on all nodes shall share: an
/// overlay that they may join instead of a bridge. Other drivers, and what says that it is local,
/// stay as they are. Pure.
[[nodiscard]] std::string project_network(std::string body);

}  // namespace swarmward::api
