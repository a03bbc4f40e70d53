#include "mesh/dns/tcp_message.h"

#include <array>
#include <cstdint>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "base/net/as_result.h"

namespace swarmward::mesh::dns {

namespace asio = boost::asio;

asio::awaitable<bool> write_message(asio::ip::tcp::socket* socket, std::string message) {
  // Length and message in one write, so that they travel in one packet.
  std::string framed;
  framed.push_back(static_cast<char>(message.size() >> 8));
  framed.push_back(static_cast<char>(message.size() & 0xff));
  framed += message;
  auto written = co_await asio::async_write(*socket, asio::buffer(framed), net::kAsResult);
  co_return !std::get<0>(written);
}

asio::awaitable<std::optional<std::string>> read_message(asio::ip::tcp::socket* socket,
                                                         std::size_t most) {
  std::array<std::uint8_t, 2> length{};
  auto head = co_await asio::async_read(*socket, asio::buffer(length), net::kAsResult);
  auto const size = static_cast<std::size_t>(length[0] << 8 | length[1]);
  if (std::get<0>(head) || size > most) {
    co_return std::nullopt;
  }
  std::string message(size, '\0');
  auto body = co_await asio::async_read(*socket, asio::buffer(message), net::kAsResult);
  if (std::get<0>(body)) {
    co_return std::nullopt;
  }
  co_return std::move(message);
}

}  // namespace swarmward::mesh::dns
