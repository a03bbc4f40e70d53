#include "backends/docker/http_connection.h"

#include <algorithm>
#include <sstream>

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <sys/socket.h>

#include "backends/runner/done.h"
#include "base/net/as_result.h"

namespace swarmward::backends {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// At most, of one read.
constexpr std::size_t kPieceSize = 16384;
/// At least. Most answers of engines are shorter, and large blocks of memory come dear.
constexpr std::size_t kSmallPiece = 960;
constexpr std::uint32_t kHeaderLimit = 1 << 20;

/// A line break inside a value would start a header of the value's own choice.
bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::string serialise(HttpRequest const& request) {
  std::string text = request.method + " " + request.target +
                     " HTTP/1.1\r\nHost: docker\r\nUser-Agent: swarmward\r\n";
  for (auto const& [name, value] : request.headers) {
    if (is_one_line(name) && is_one_line(value)) {
      text.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (!request.body.empty() || request.pieces) {
    text += "Content-Type: " + request.content_type + "\r\n";
  }
  if (request.pieces) {
    return text + "Transfer-Encoding: chunked\r\n\r\n";
  }
  if (!request.body.empty() || request.method == "POST") {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

/// An empty piece becomes the end of the body.
std::string as_chunk(std::string const& piece) {
  std::ostringstream head;
  head << std::hex << piece.size() << "\r\n";
  return head.str() + piece + "\r\n";
}

}  // namespace

HttpConnection::HttpConnection(asio::any_io_executor executor, std::string where)
    : socket_(executor), deadline_(executor), where_(std::move(where)) {}

Error HttpConnection::failure(std::string_view doing, error_code error) const {
  std::string message(doing);
  message.append(" the engine at ").append(where_).append(": ");
  if (timed_out_) {
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(timeout_).count();
    return unavailable(message + "no answer within " + std::to_string(seconds) + " s");
  }
  return unavailable(message + (closed_ ? "the connection was closed" : error.message()));
}

asio::awaitable<Result<void>> HttpConnection::connect(net::DialerPtr dialer,
                                                      std::chrono::milliseconds timeout) {
  auto socket = co_await dialer->dial(socket_.get_executor(), timeout);
  if (!socket) {
    co_return in_context("cannot reach the engine at " + where_, socket.error());
  }
  if (closed_) {
    co_return failure("cannot reach", asio::error::operation_aborted);
  }
  socket_ = std::move(*socket);
  co_return Result<void>{};
}

asio::awaitable<Result<HttpResponse>> HttpConnection::exchange(HttpRequest const* request) {
  answered_ = false;
  auto const text = serialise(*request);
  auto sent = co_await asio::async_write(socket_, asio::buffer(text), net::kAsResult);
  if (std::get<0>(sent)) {
    co_return failure("cannot write to", std::get<0>(sent));
  }
  if (request->pieces) {
    auto const whole = co_await send_pieces(request);
    if (!whole) {
      co_return whole.error();
    }
  }
  do {
    parser_.emplace();
    parser_->body_limit(boost::none);
    parser_->header_limit(kHeaderLimit);
    parser_->eager(false);
    if (request->method == "HEAD") {
      parser_->skip(true);
    }
    buffer_.reserve(kSmallPiece);  // Beast reads no more at once than the buffer holds.
    auto got = co_await http::async_read_header(socket_, buffer_, *parser_, net::kAsResult);
    answered_ = answered_ || std::get<1>(got) > 0 || parser_->got_some() || buffer_.size() > 0;
    if (std::get<0>(got)) {
      co_return failure("no answer from", std::get<0>(got));
    }
  } while (parser_->get().result_int() < 200);  // 1xx: the real answer follows.
  HttpResponse head;
  head.status = parser_->get().result_int();
  for (auto const& field : parser_->get()) {
    head.headers.emplace_back(field.name_string(), field.value());
  }
  co_return head;
}

/// Who takes no more may have answered already: what cannot be written is no error yet.
asio::awaitable<Result<void>> HttpConnection::send_pieces(HttpRequest const* request) {
  for (;;) {
    auto const piece = co_await request->pieces();
    if (!piece) {
      co_return piece.error();
    }
    auto const chunk = as_chunk(*piece);
    auto sent = co_await asio::async_write(socket_, asio::buffer(chunk), net::kAsResult);
    if (closed_) {
      co_return failure("cannot write to", std::get<0>(sent));
    }
    if (std::get<0>(sent) || piece->empty()) {
      co_return kDone;
    }
  }
}

asio::awaitable<Result<std::string>> HttpConnection::read_piece() {
  std::string piece;
  while (!parser_->is_done()) {
    co_await wait_for_more();
    auto const size = next_piece();
    piece.resize(size);
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = size;
    auto got = co_await http::async_read_some(socket_, buffer_, *parser_, net::kAsResult);
    auto const error = std::get<0>(got);
    piece.resize(size - parser_->get().body().size);
    if (error && error != http::error::need_buffer) {
      co_return failure("reading from", error);
    }
    if (!piece.empty()) {
      co_return piece;
    }
  }
  co_return std::string{};
}

/// Memory only for what is there: ten thousand engines hold a stream each on which nothing comes.
asio::awaitable<void> HttpConnection::wait_for_more() {
  if (buffer_.size() > 0) {
    co_return;
  }
  buffer_.shrink_to_fit();
  auto const ready = co_await socket_.async_wait(net::StreamSocket::wait_read, net::kAsResult);
  static_cast<void>(ready);  // What went wrong shows in the read.
  error_code ignored;
  buffer_.reserve(std::clamp(socket_.available(ignored), kSmallPiece, kPieceSize));
}

/// What the parser can give at once: of a body whose length is known no more than its rest.
std::size_t HttpConnection::next_piece() {
  std::size_t size = buffer_.capacity();
  if (auto const rest = parser_->content_length_remaining()) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, *rest));
  }
  return std::max<std::size_t>(size, 1);
}

void HttpConnection::set_deadline(std::chrono::milliseconds timeout) {
  timeout_ = timeout;
  auto const generation = ++deadline_generation_;
  if (timeout.count() == 0) {
    deadline_.cancel();
    return;
  }
  deadline_.expires_after(timeout);
  deadline_.async_wait([weak = weak_from_this(), generation](error_code error) {
    auto const self = weak.lock();
    // A deadline that was changed too late to be cancelled must not hit the next exchange.
    if (!error && self && self->deadline_generation_ == generation) {
      self->timed_out_ = true;
      self->close();
    }
  });
}

void HttpConnection::close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void HttpConnection::rest() {
  set_deadline(std::chrono::milliseconds{0});
  buffer_.shrink_to_fit();
}

bool HttpConnection::reusable() {
  if (closed_ || !socket_.is_open() || buffer_.size() > 0) {
    return false;
  }
  if (parser_ && (!parser_->is_done() || !parser_->get().keep_alive())) {
    return false;
  }
  char byte = 0;
  auto const seen = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace swarmward::backends
