#include "backends/docker/http_connection.h"

#include <sstream>

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>

#include "backends/docker/plain_answer.h"
#include "backends/runner/done.h"
#include "base/net/as_result.h"
#include "base/net/stream_pieces.h"

namespace swarmward::backends {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::uint32_t kHeaderLimit = 1 << 20;

/// A line break inside a value would start a header of the value's own choice.
bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void serialise(HttpRequest const& request, std::string& text) {
  constexpr std::size_t kUsualHead = 256;
  text.clear();
  text.reserve(kUsualHead + request.target.size() + request.body.size());
  text.append(request.method).append(" ").append(request.target);
  text.append(" HTTP/1.1\r\nHost: docker\r\nUser-Agent: swarmward\r\n");
  for (auto const& [name, value] : request.headers) {
    if (is_one_line(name) && is_one_line(value)) {
      text.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (!request.body.empty() || request.pieces) {
    text.append("Content-Type: ").append(request.content_type).append("\r\n");
  }
  if (request.pieces) {
    text.append("Transfer-Encoding: chunked\r\n\r\n");
    return;
  }
  if (!request.body.empty() || request.method == "POST") {
    text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  text.append("\r\n").append(request.body);
}

/// An empty piece becomes the end of the body.
std::string as_chunk(std::string const& piece) {
  std::ostringstream head;
  head << std::hex << piece.size() << "\r\n";
  return head.str() + piece + "\r\n";
}

}  // namespace

HttpConnection::HttpConnection(asio::any_io_executor const& executor,
                               net::DialerPtr dialer,
                               char const* whom,
                               ConnectionShare::Place place)
    : place_(std::move(place)),
      socket_(executor),
      deadlines_(Deadlines::of(executor)),
      dialer_(std::move(dialer)),
      whom_(whom) {}

Error HttpConnection::failure(std::string_view doing, error_code error) const {
  std::string message(doing);
  message.append(" ").append(whom_).append(" at ").append(dialer_->where()).append(": ");
  if (timed_out_) {
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(timeout_).count();
    return unavailable(message + "no answer within " + std::to_string(seconds) + " s");
  }
  return unavailable(message + (closed_ ? "the connection was closed" : error.message()));
}

asio::awaitable<Result<void>> HttpConnection::connect(std::chrono::milliseconds timeout) {
  auto socket = co_await dialer_->dial(socket_.get_executor(), timeout);
  if (!socket) {
    auto const what = std::string("cannot reach ") + whom_ + " at " + dialer_->where();
    co_return in_context(what, socket.error());
  }
  if (closed_) {
    co_return failure("cannot reach", asio::error::operation_aborted);
  }
  socket_ = std::move(*socket);
  was_connected_ = true;
  error_code error;
  socket_.non_blocking(true, error);
  co_return Result<void>{};
}

asio::awaitable<Result<HttpResponse>> HttpConnection::exchange(HttpRequest const* request) {
  answered_ = false;
  writing_ = true;
  std::string text;
  serialise(*request, text);
  // Nearly always the kernel takes it at once: then nothing has to wait.
  error_code error;
  auto const written = socket_.write_some(asio::buffer(text), error);
  if (written < text.size() && (!error || error == asio::error::would_block)) {
    auto sent = co_await asio::async_write(socket_, asio::buffer(text) + written, net::kAsResult);
    error = std::get<0>(sent);
  }
  if (error) {
    co_return failure("cannot write to", error);
  }
  if (request->pieces) {
    auto const whole = co_await send_pieces(request);
    if (!whole) {
      co_return whole.error();
    }
  }
  writing_ = false;
  auto head = co_await read_head(request);
  co_return head;
}

asio::awaitable<Result<HttpResponse>> HttpConnection::read_head(HttpRequest const* request) {
  do {
    parser_ = make_parser(*request);
    error_code error = buffer_.size() == 0 ? http::error::need_more : error_code{};
    while (!parser_->is_header_done()) {
      if (error == http::error::need_more) {
        auto const ready =
            co_await socket_.async_wait(net::StreamSocket::wait_read, net::kAsResult);
        static_cast<void>(ready);  // What went wrong shows in the read.
        error = take();
      }
      answered_ = answered_ || buffer_.size() > 0;
      if (!error) {
        buffer_.consume(parser_->put(buffer_.data(), error));
      } else if (error != http::error::need_more) {
        co_return failure("no answer from", error);
      }
    }
    if (error) {
      co_return failure("no answer from", error);
    }
  } while (parser_->get().result_int() < 200);  // 1xx: the real answer follows.
  kept_alive_ = parser_->get().keep_alive();
  HttpResponse head;
  head.status = parser_->get().result_int();
  head.api_version = parser_->get()["Api-Version"];
  co_return head;
}

bool HttpConnection::send_at_once(HttpRequest const& request) {
  answered_ = false;
  thread_local std::string text;  // Never held across a suspension.
  serialise(request, text);
  error_code error;
  return socket_.write_some(asio::buffer(text), error) == text.size();
}

std::optional<HttpResponse> HttpConnection::answer_at_once() {
  error_code error;
  auto const piece = asio::buffer(net::scratch());
  auto const got = socket_.read_some(piece, error);
  if (error) {
    return std::nullopt;  // It shows again in the next read.
  }
  if (auto const plain = read_plain_answer({net::scratch().data(), got})) {
    return HttpResponse{plain->status, std::string(plain->api_version), std::string(plain->body)};
  }
  buffer_.commit(asio::buffer_copy(buffer_.prepare(got), piece, got));
  return std::nullopt;
}

std::unique_ptr<HttpConnection::Parser> HttpConnection::make_parser(
    HttpRequest const& request) const {
  auto parser = std::make_unique<Parser>();
  parser->body_limit(boost::none);
  parser->header_limit(kHeaderLimit);
  parser->eager(false);
  if (request.method == "HEAD") {
    parser->skip(true);
  }
  return parser;
}

/// What has come, behind what is left of the bytes before; need_more if that is nothing yet.
error_code HttpConnection::take() {
  error_code error;
  auto const piece = asio::buffer(net::scratch());
  auto const got = socket_.read_some(piece, error);
  if (!error) {
    buffer_.commit(asio::buffer_copy(buffer_.prepare(got), piece, got));
  } else if (error == asio::error::would_block) {
    error = http::error::need_more;
  } else if (error == asio::error::eof && parser_->got_some()) {
    parser_->put_eof(error = {});
  } else if (error == asio::error::eof) {
    error = http::error::end_of_stream;
  }
  return error;
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

void HttpConnection::set_deadline(std::chrono::milliseconds timeout) {
  timeout_ = timeout;
  read_late_ = false;
  if (timeout.count() == 0) {
    deadlines_.clear(*this);
  } else {
    deadlines_.set(*this, timeout);
  }
}

/// Where this process is short of time, what came in time may not have been read yet: that says
/// nothing of the engine. Whoever waits for it reads it now, and has once more the time for the
/// rest.
void HttpConnection::on_deadline() {
  if (!read_late_ && !writing_ && socket_.is_open() && socket_.peek() != asio::error::would_block) {
    read_late_ = true;
    deadlines_.set(*this, timeout_);
    error_code ignored;
    socket_.cancel(ignored);
    return;
  }
  timed_out_ = true;
  close();
}

ConnectionShare::Place HttpConnection::give_up_place() {
  close();
  return std::move(place_);
}

void HttpConnection::serve_stream() {
  place_.leave_client();
  if (parser_) {
    parser_->get().clear();
  }
}

void HttpConnection::close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void HttpConnection::rest() {
  set_deadline(std::chrono::milliseconds{0});
  parser_.reset();
  buffer_.shrink_to_fit();
  looked_at_ = false;
}

bool HttpConnection::at_rest() const {
  return !closed_ && socket_.is_open() && buffer_.size() == 0 && !parser_ && kept_alive_;
}

bool HttpConnection::reusable() {
  if (!at_rest()) {
    return false;
  }
  looked_at_ = socket_.peek() == asio::error::would_block;
  return looked_at_;
}

}  // namespace swarmward::backends
