#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace swarmward::mesh::dns {

/// On TCP two bytes of length stand before each message. Source: RFC 1035 §4.2.2. Deadlines are the
/// caller's: closing the socket ends both.

/// False if the connection failed. `message` has at most 65535 bytes.
[[nodiscard]] boost::asio::awaitable<bool> write_message(boost::asio::ip::tcp::socket* socket,
                                                         std::string message);

/// Nothing if the connection ended or the message is longer than `most`.
[[nodiscard]] boost::asio::awaitable<std::optional<std::string>> read_message(
    boost::asio::ip::tcp::socket* socket, std::size_t most);

}  // namespace swarmward::mesh::dns
