#pragma once

#include <array>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/net/stream_socket.h"

// Bytes of a connection, piece by piece, for those who carry them on.

namespace swarmward::net {

/// A record of TLS and its frame.
inline constexpr std::size_t kPieceSize = 17 * 1024;

/// This thread's. Never held across a suspension, so that idle connections need no buffers of their
/// own.
[[nodiscard]] std::array<char, kPieceSize>& scratch();

/// False if they could not be written.
asio::awaitable<bool> write_all(StreamSocket* out, std::string bytes);

/// What is there, into scratch(), as soon as there is something: the number of bytes, 0 at the end
/// or on failure.
asio::awaitable<std::size_t> read_piece(StreamSocket* in);

/// The other end is closed altogether, not just for sending.
[[nodiscard]] bool hung_up(StreamSocket& socket);

}  // namespace swarmward::net
