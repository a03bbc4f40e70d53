// How the body of an answer is read: the other half of http_connection.cpp.

#include <algorithm>

#include <boost/beast/http/error.hpp>

#include "backends/docker/http_connection.h"
#include "base/net/as_result.h"

namespace swarmward::backends {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// At most, of a body.
constexpr std::size_t kPieceSize = 16384;

}  // namespace

/// Ten thousand engines hold a stream each on which nothing comes. So there is memory only for what
/// is there.
asio::awaitable<Result<std::string>> HttpConnection::read_piece(
    std::shared_ptr<HttpConnection> self) {
  error_code taken;
  for (;;) {
    auto piece = self->ready_piece(taken);
    if (!piece) {
      co_return piece.error();
    }
    if (*piece) {
      co_return std::move(**piece);
    }
    self->buffer_.shrink_to_fit();
    auto const ready =
        co_await self->socket_.async_wait(net::StreamSocket::wait_read, net::kAsResult);
    static_cast<void>(ready);  // What went wrong shows in the read.
    taken = self->take();
  }
}

void HttpConnection::listen(std::shared_ptr<HttpConnection> self,
                            std::function<void(Result<std::string>)> take) {
  for (auto piece = self->ready_piece({}); !piece || *piece; piece = self->ready_piece({})) {
    bool const last = !piece || (*piece)->empty();
    take(piece ? Result<std::string>(std::move(**piece)) : Result<std::string>(piece.error()));
    if (last) {
      return;
    }
  }
  self->buffer_.shrink_to_fit();
  auto* const connection = self.get();
  connection->when_readable([self = std::move(self), take = std::move(take)]() mutable {
    auto const taken = self->take();
    if (taken && taken != http::error::need_more && !self->complete()) {
      take(self->failure("reading from", taken));
    } else {
      listen(std::move(self), std::move(take));
    }
  });
}

/// Nothing if one has to wait for it. `taken`: what take() said since the last time.
Result<std::optional<std::string>> HttpConnection::ready_piece(error_code taken) {
  std::string piece;
  auto error = taken;
  while (!error && !complete() && buffer_.size() > 0) {
    error = parse_into(&piece);
    if (!piece.empty() && (!error || error == http::error::need_more)) {
      return std::optional(std::move(piece));
    }
  }
  if (complete()) {
    return std::optional(std::string());
  }
  if (error && error != http::error::need_more) {
    return failure("reading from", error);
  }
  return std::nullopt;
}

/// What of the body is in the bytes that have come.
error_code HttpConnection::parse_into(std::string* piece) {
  piece->resize(next_piece());
  auto& body = parser_->get().body();
  body.data = piece->data();
  body.size = piece->size();
  error_code error;
  buffer_.consume(parser_->put(buffer_.data(), error));
  piece->resize(piece->size() - body.size);
  return error == http::error::need_buffer ? error_code{} : error;
}

/// What the parser can give at once: of a body whose length is known no more than its rest.
std::size_t HttpConnection::next_piece() {
  std::size_t size = std::min(buffer_.size(), kPieceSize);
  if (auto const rest = parser_->content_length_remaining()) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, *rest));
  }
  return std::max<std::size_t>(size, 1);
}

}  // namespace swarmward::backends
