#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "api/server/framing.h"
#include "base/net/stream_socket.h"

namespace swarmward::api {

namespace asio = boost::asio;
using Socket = net::StreamSocket;

/// Reads a head up to its empty line into `buffer`; returns its length, 0 at the end of the
/// connection. Errors: message_size if it is longer than kHeadLimit.
struct HeadRead {
  boost::system::error_code error;
  std::size_t length = 0;
};
asio::awaitable<HeadRead> read_head_from(Socket* in, std::string* buffer);

/// Writes `head`, then the body that starts in `buffer`, byte for byte as it comes. What follows
/// the body stays in `buffer`. False if a side broke or the body is malformed.
asio::awaitable<bool> transfer_message(
    Socket* in, std::string* buffer, std::string head, BodyFraming body, Socket* out);

/// Everything until `in` ends; `buffer` first.
asio::awaitable<void> transfer_all(Socket* in, std::string* buffer, Socket* out);

asio::awaitable<bool> write_text(Socket* out, std::string text);

/// Reads and drops what still comes, for at most 2 s, so that the answer that was written before is
/// not lost by a reset connection.
asio::awaitable<void> drain(Socket* in);

}  // namespace swarmward::api
