#include "api/server/responder.h"

#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "base/net/as_result.h"

namespace swarmward::api {

namespace {

/// Pipelined behind a streaming answer; a client that sends more waits in the kernel's buffer.
constexpr std::size_t kReadAhead = 65536;

}  // namespace

struct ClientResponder::Watch {
  Watch(Socket* client, std::string* ahead)
      : socket(client), read_ahead(ahead), changed(client->get_executor()) {
    changed.expires_at(asio::steady_timer::time_point::max());
  }
  Socket* socket;
  std::string* read_ahead;
  asio::steady_timer changed;  ///< Cancelled when one of these becomes true.
  bool gone = false;
  bool stop = false;
  bool stopped = false;
};

ClientResponder::ClientResponder(Socket* socket, std::string* read_ahead, AnswerContext context)
    : socket_(socket), read_ahead_(read_ahead), context_(std::move(context)) {}

asio::awaitable<void> ClientResponder::run_watch(std::shared_ptr<Watch> watch) {
  std::array<char, 4096> bytes{};
  while (!watch->stop && watch->read_ahead->size() < kReadAhead) {
    auto [error, count] =
        co_await watch->socket->async_read_some(asio::buffer(bytes), net::kAsResult);
    watch->read_ahead->append(bytes.data(), count);
    if (error) {
      watch->gone = !watch->stop;
      break;
    }
  }
  watch->stopped = true;
  watch->changed.cancel();
}

void ClientResponder::start_watch() {
  if (!watch_) {
    watch_ = std::make_shared<Watch>(socket_, read_ahead_);
    asio::co_spawn(socket_->get_executor(), run_watch(watch_), asio::detached);
  }
}

bool ClientResponder::client_gone() const {
  if (broken_ || (watch_ && watch_->gone)) {
    return true;
  }
  auto const found = socket_->peek();
  return found && found != asio::error::would_block;
}

asio::awaitable<void> ClientResponder::wait_client_gone() {
  start_watch();
  auto const watch = watch_;
  if (!watch->gone) {
    co_await watch->changed.async_wait(net::kAsResult);
  }
  // Too much was sent ahead for the end to be seen: then it shows when writing fails.
  while (!watch->gone && watch->stopped && !watch->stop) {
    watch->changed.expires_at(asio::steady_timer::time_point::max());
    auto [error] = co_await watch->changed.async_wait(net::kAsResult);
    if (error) {
      break;
    }
  }
}

asio::awaitable<bool> ClientResponder::write_all(std::string text) {
  if (broken_ || (watch_ && watch_->gone && stage_ == Stage::Streaming)) {
    co_return false;
  }
  auto [error, count] = co_await asio::async_write(*socket_, asio::buffer(text), net::kAsResult);
  broken_ = broken_ || error.failed();
  co_return !broken_;
}

asio::awaitable<void> ClientResponder::send(Response response) {
  if (stage_ != Stage::Nothing) {
    co_return;
  }
  stage_ = Stage::Done;
  status_ = response.status;
  co_await write_all(render_answer(context_, std::move(response)));
}

asio::awaitable<bool> ClientResponder::begin(Response head) {
  if (stage_ != Stage::Nothing) {
    co_return false;
  }
  stage_ = Stage::Streaming;
  status_ = head.status;
  start_watch();
  auto const sent = co_await write_all(render_stream_head(context_, head));
  co_return sent;
}

asio::awaitable<bool> ClientResponder::write(std::string piece) {
  if (stage_ != Stage::Streaming) {
    co_return false;
  }
  // An empty chunk would be the end.
  if (piece.empty() || context_.head_request) {
    co_return !broken_;
  }
  if (context_.http11) {
    piece = render_chunk(piece);
  }
  auto const sent = co_await write_all(std::move(piece));
  co_return sent;
}

asio::awaitable<void> ClientResponder::end() {
  if (stage_ == Stage::Streaming && context_.http11 && !context_.head_request) {
    co_await write_all("0\r\n\r\n");
  }
  stage_ = Stage::Done;
}

asio::awaitable<bool> ClientResponder::finish() {
  if (stage_ == Stage::Nothing) {
    auto failure = error_answer(500, "the request was not answered");
    co_await send(std::move(failure));
  }
  // A stream that its handler left is incomplete; closing the connection tells the client.
  broken_ = broken_ || stage_ == Stage::Streaming;
  if (watch_) {
    watch_->stop = true;
    boost::system::error_code ignored;
    socket_->cancel(ignored);
    while (!watch_->stopped) {
      co_await watch_->changed.async_wait(net::kAsResult);
    }
    watch_->changed.cancel();
    broken_ = broken_ || watch_->gone;
  }
  co_return !broken_ && context_.keep_alive && context_.http11;
}

}  // namespace swarmward::api
