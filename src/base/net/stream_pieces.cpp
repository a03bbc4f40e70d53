#include "base/net/stream_pieces.h"

#include <boost/asio/write.hpp>
#include <poll.h>

#include "base/net/as_result.h"

namespace swarmward::net {

namespace {

using boost::system::error_code;

}  // namespace

std::array<char, kPieceSize>& scratch() {
  thread_local std::array<char, kPieceSize> bytes;
  return bytes;
}

asio::awaitable<bool> write_all(StreamSocket* out, std::string bytes) {
  auto sent = co_await asio::async_write(*out, asio::buffer(bytes), kAsResult);
  co_return !std::get<0>(sent).failed();
}

asio::awaitable<std::size_t> read_piece(StreamSocket* in) {
  for (;;) {
    auto [waited] = co_await in->async_wait(StreamSocket::wait_read, kAsResult);
    if (waited) {
      co_return 0;
    }
    error_code error;
    if (!in->non_blocking()) {
      in->non_blocking(true, error);
    }
    auto const got = in->read_some(asio::buffer(scratch()), error);
    if (error != asio::error::would_block) {
      co_return error ? 0 : got;
    }
  }
}

bool hung_up(StreamSocket& socket) {
  pollfd waiting{socket.native_handle(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1 && (waiting.revents & (POLLHUP | POLLERR)) != 0;
}

}  // namespace swarmward::net
