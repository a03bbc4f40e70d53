#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace swarmward::api {

namespace asio = boost::asio;
using Socket = asio::generic::stream_protocol::socket;

/// Connects a socket to "unix:///path" or "tcp://host:port" within 5 seconds.
asio::awaitable<boost::system::error_code> connect_upstream(Socket* socket, std::string address);

}  // namespace swarmward::api
