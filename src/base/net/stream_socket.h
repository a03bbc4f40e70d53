#pragma once

#include <boost/asio/generic/stream_protocol.hpp>

namespace swarmward::net {

namespace asio = boost::asio;

/// One end of a connection, whatever it runs over: a unix socket, TCP, or one end of a pair behind
/// which TLS or a helper program carries the bytes on.
using StreamSocket = asio::generic::stream_protocol::socket;

}  // namespace swarmward::net
