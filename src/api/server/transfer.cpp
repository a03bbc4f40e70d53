#include "api/server/transfer.h"

#include <array>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "api/server/http_head.h"
#include "base/net/as_result.h"
#include "base/net/stream_pieces.h"

namespace swarmward::api {

namespace {

using boost::system::error_code;
constexpr std::size_t kPieceSize = 65536;
constexpr std::chrono::seconds kDrainTime{2};

void stop_blocking(Socket* socket, error_code& error) {
  if (!socket->non_blocking()) {
    socket->non_blocking(true, error);
  }
}

/// Writes what the socket takes without waiting. Most messages fit, and then a trip through the
/// event loop, a fifth of the cost of a small request, is saved.
template <class Buffers>
std::size_t write_now(Socket* out, Buffers const& buffers, error_code& error) {
  stop_blocking(out, error);
  auto const done = error ? 0 : out->write_some(buffers, error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    error.clear();
    return 0;
  }
  return done;
}

asio::awaitable<bool> write_bytes(Socket* out, char const* data, std::size_t size) {
  error_code error;
  auto const done = write_now(out, asio::buffer(data, size), error);
  if (error || done == size) {
    co_return !error.failed();
  }
  auto rest =
      co_await asio::async_write(*out, asio::buffer(data + done, size - done), net::kAsResult);
  co_return !std::get<0>(rest).failed();
}

/// A head and the bytes of the body that came with it, in one go.
asio::awaitable<bool> write_pair(Socket* out, std::string const* head, std::string_view body) {
  std::array<asio::const_buffer, 2> const both{asio::buffer(*head),
                                               asio::buffer(body.data(), body.size())};
  error_code error;
  auto done = write_now(out, both, error);
  if (error) {
    co_return false;
  }
  if (done < head->size()) {
    auto sent = co_await write_bytes(out, head->data() + done, head->size() - done);
    if (!sent) {
      co_return false;
    }
    done = head->size();
  }
  auto const rest = body.substr(done - head->size());
  if (rest.empty()) {
    co_return true;
  }
  co_return co_await write_bytes(out, rest.data(), rest.size());
}

}  // namespace

asio::awaitable<HeadRead> read_head_from(Socket* in, std::string* buffer) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  HeadRead result;
  std::size_t searched = 0;
  for (;;) {
    if (auto const at = buffer->find(kEnd, searched); at != std::string::npos) {
      result.length = at + kEnd.size();
      co_return result;
    }
    if (buffer->size() >= kHeadLimit) {
      result.error = asio::error::message_size;
      co_return result;
    }
    searched = buffer->size() < kEnd.size() ? 0 : buffer->size() - kEnd.size() + 1;
    stop_blocking(in, result.error);
    // Large enough for most whole answers, so that they are passed on at once, and nobody's own:
    // clients keep connections on which they ask nothing.
    auto const got = in->read_some(asio::buffer(net::scratch()), result.error);
    if (result.error == asio::error::would_block || result.error == asio::error::try_again) {
      auto [waited] = co_await in->async_wait(Socket::wait_read, net::kAsResult);
      result.error = waited;
      if (!waited) {
        continue;
      }
    }
    if (result.error) {
      co_return result;
    }
    buffer->append(net::scratch().data(), got);
  }
}

asio::awaitable<bool> transfer_message(
    Socket* in, std::string* buffer, std::string head, BodyFraming body, Socket* out) {
  auto const ready = body.done() ? 0 : body.feed(*buffer);
  std::string_view const come{buffer->data(), ready};
  auto const sent = co_await write_pair(out, &head, come);
  buffer->erase(0, ready);
  if (!sent || body.failed()) {
    co_return false;
  }
  if (body.done()) {
    co_return true;
  }
  auto const piece = std::make_unique_for_overwrite<char[]>(kPieceSize);
  while (!body.done()) {
    auto [error, got] =
        co_await in->async_read_some(asio::buffer(piece.get(), kPieceSize), net::kAsResult);
    if (error) {
      co_return body.kind() == BodyFraming::Kind::UntilClose&& error == asio::error::eof;
    }
    auto const used = body.feed(std::string_view(piece.get(), got));
    auto const written = co_await write_bytes(out, piece.get(), used);
    if (!written || body.failed()) {
      co_return false;
    }
    buffer->append(piece.get() + used, got - used);
  }
  co_return true;
}

asio::awaitable<void> transfer_all(Socket* in, std::string* buffer, Socket* out) {
  if (!buffer->empty()) {
    auto sent = co_await asio::async_write(*out, asio::buffer(*buffer), net::kAsResult);
    buffer->clear();
    if (std::get<0>(sent)) {
      co_return;
    }
  }
  auto const piece = std::make_unique_for_overwrite<char[]>(kPieceSize);
  for (;;) {
    auto [error, got] =
        co_await in->async_read_some(asio::buffer(piece.get(), kPieceSize), net::kAsResult);
    if (error) {
      co_return;
    }
    auto const written = co_await write_bytes(out, piece.get(), got);
    if (!written) {
      co_return;
    }
  }
}

asio::awaitable<bool> write_text(Socket* out, std::string text) {
  co_return co_await write_bytes(out, text.data(), text.size());
}

asio::awaitable<void> drain(Socket* in) {
  asio::steady_timer deadline(in->get_executor(), kDrainTime);
  auto const expired = std::make_shared<bool>(false);
  deadline.async_wait([in, expired](error_code error) {
    if (!error) {
      *expired = true;
      in->close(error);
    }
  });
  std::array<char, 4096> bytes{};
  while (!*expired) {
    auto [error, got] = co_await in->async_read_some(asio::buffer(bytes), net::kAsResult);
    if (error) {
      break;
    }
  }
}

}  // namespace swarmward::api
