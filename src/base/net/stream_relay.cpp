#include "base/net/stream_relay.h"

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/as_result.h"
#include "base/net/stream_pieces.h"

namespace swarmward::net {

namespace {

using boost::system::error_code;
/// How long the other side may take to say good-bye too.
constexpr std::chrono::seconds kFarewell{2};

/// Both ends; the directions share them.
struct Relay {
  Relay(StreamSocket one, StreamSocket other)
      : near(std::move(one)), far(std::move(other)), timer(near.get_executor()) {}

  void close() {
    error_code ignored;
    near.close(ignored);
    far.close(ignored);
  }

  StreamSocket near;
  StreamSocket far;
  asio::steady_timer timer;
  unsigned running = 2;
};

/// To the end of what `from` sends, of which `to` is told. False if a side broke: what was sent may
/// be incomplete then, so nobody shall go on.
asio::awaitable<bool> carry_piecewise(StreamSocket* from, StreamSocket* to) {
  for (;;) {
    error_code error;
    if (!from->non_blocking()) {
      from->non_blocking(true, error);
    }
    auto const got = from->read_some(asio::buffer(scratch()), error);
    if (error == asio::error::would_block) {
      auto const [failed] = co_await from->async_wait(StreamSocket::wait_read, kAsResult);
      error = failed;
    } else if (error == asio::error::eof) {
      to->shutdown(StreamSocket::shutdown_send, error);
      co_return true;
    } else if (!error) {
      std::string bytes(scratch().data(), got);
      auto const sent = co_await write_all(to, std::move(bytes));
      error = sent ? error_code{} : error_code(asio::error::broken_pipe);
    }
    if (error) {
      co_return false;
    }
  }
}

asio::awaitable<void> await_hang_up(std::shared_ptr<Relay> relay) {
  if (!relay->far.is_open()) {
    co_return;
  }
  if (!hung_up(relay->far)) {
    co_await relay->far.async_wait(StreamSocket::wait_error, kAsResult);
  }
  relay->timer.expires_after(kFarewell);
  relay->timer.async_wait([relay](error_code error) {
    if (!error) {
      relay->close();
    }
  });
}

enum class Direction { In, Out };

asio::awaitable<void> carry_direction(std::shared_ptr<Relay> relay, Direction direction) {
  bool const in = direction == Direction::In;
  auto const whole =
      co_await carry_piecewise(in ? &relay->near : &relay->far, in ? &relay->far : &relay->near);
  if (!whole) {
    relay->close();
  } else if (!in && relay->running > 1) {
    co_await await_hang_up(relay);
  }
  if (--relay->running == 0) {
    relay->timer.cancel();
    relay->close();
  }
}

}  // namespace

void relay(StreamSocket near, StreamSocket far) {
  auto const executor = near.get_executor();
  auto const both = std::make_shared<Relay>(std::move(near), std::move(far));
  asio::co_spawn(executor, carry_direction(both, Direction::In), asio::detached);
  asio::co_spawn(executor, carry_direction(both, Direction::Out), asio::detached);
}

}  // namespace swarmward::net
