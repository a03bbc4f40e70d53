#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/server/http_message.h"
#include "backends/engine.h"

namespace swarmward::app {

/// The host leaves its swarm: containers that are no tasks leave the swarm's networks, or the
/// engine would keep those for ever. An engine that does not answer keeps nothing back.
boost::asio::awaitable<void> disconnect_attached(std::shared_ptr<backends::Engine> engine,
                                                 std::shared_ptr<api::Upstream const> upstream,
                                                 model::NodeId node);

}  // namespace swarmward::app
