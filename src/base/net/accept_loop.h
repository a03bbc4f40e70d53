#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/as_result.h"

namespace swarmward::net {

namespace asio = boost::asio;

/// What becomes of the connections of a listener.
template <class Socket>
struct AcceptHandlers {
  /// Gets each connection; must not block.
  std::function<void(Socket socket)> accepted;
  /// Told of a failure; may be empty. The loop goes on after a pause.
  std::function<void(boost::system::error_code const& error)> failed;
};

/// Accepts until `acceptor` is closed. Nothing is handed on once it is, not even a connection that
/// was accepted before. Runs on the acceptor's executor.
template <class Acceptor>
asio::awaitable<void> accept_loop(std::shared_ptr<Acceptor> acceptor,
                                  AcceptHandlers<typename Acceptor::protocol_type::socket> on) {
  /// After an accept that failed for lack of descriptors or memory.
  constexpr std::chrono::milliseconds kPause{100};
  asio::steady_timer pause(acceptor->get_executor());
  while (acceptor->is_open()) {
    auto accepted = co_await acceptor->async_accept(kAsResult);
    auto& [error, socket] = accepted;
    if (!acceptor->is_open()) {
      break;
    }
    if (!error) {
      on.accepted(std::move(socket));
      continue;
    }
    if (on.failed) {
      on.failed(error);
    }
    pause.expires_after(kPause);
    co_await pause.async_wait(kAsResult);
  }
}

}  // namespace swarmward::net
