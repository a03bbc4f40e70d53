#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/net/as_result.h"
#include "base/net/dialer.h"

namespace swarmward::net {

namespace {

using boost::system::error_code;
using Endpoint = asio::generic::stream_protocol::endpoint;
using std::chrono::milliseconds;
/// A unix socket whose backlog is full refuses instead of waiting.
constexpr milliseconds kBacklogPause{20};

Error no_answer(milliseconds timeout) {
  auto const seconds = std::chrono::ceil<std::chrono::seconds>(timeout).count();
  return unavailable("no answer within " + std::to_string(seconds) + " s");
}

asio::awaitable<Result<StreamSocket>> dial_unix(asio::any_io_executor executor,
                                                std::string path,
                                                milliseconds timeout) {
  StreamSocket socket(executor);
  Endpoint const endpoint(asio::local::stream_protocol::endpoint{path});
  asio::steady_timer pause(executor);
  for (auto waited = milliseconds{0}; waited < timeout; waited += kBacklogPause) {
    auto [error] = co_await socket.async_connect(endpoint, kAsResult);
    if (!error) {
      co_return std::move(socket);
    }
    if (error != asio::error::try_again) {
      co_return unavailable(error.message());
    }
    socket.close(error);
    pause.expires_after(kBacklogPause);
    co_await pause.async_wait(kAsResult);
  }
  co_return no_answer(timeout);
}

/// What was sent must be acknowledged within this time, by the kernel over there, however slow the
/// program: a host that is gone or has another address fails what waits for it, instead of letting
/// it wait for its own timeout. Twice the time after which a silent node counts as down.
constexpr int kUnacknowledgedMs = 5000;
/// Connections on which nothing is sent are tried after so long, then so often.
constexpr int kIdleSeconds = 10;
constexpr int kProbeSeconds = 2;

void tune(StreamSocket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  for (auto const& [option, value] : {std::pair{TCP_USER_TIMEOUT, kUnacknowledgedMs},
                                      std::pair{TCP_KEEPIDLE, kIdleSeconds},
                                      std::pair{TCP_KEEPINTVL, kProbeSeconds}}) {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
  }
}

/// Closes what is at hand when the time is over.
class Deadline {
 public:
  Deadline(asio::any_io_executor const& executor, milliseconds timeout)
      : timer_(executor, timeout), state_(std::make_shared<State>()) {}
  void watch(asio::ip::tcp::resolver* resolver, StreamSocket* socket) {
    timer_.async_wait([state = state_, resolver, socket](error_code error) {
      // Destroying the timer cancels the wait: then neither is there any more.
      if (!error) {
        state->expired = true;
        resolver->cancel();
        socket->close(error);
      }
    });
  }
  [[nodiscard]] bool expired() const { return state_->expired; }

 private:
  struct State {
    bool expired = false;
  };
  asio::steady_timer timer_;
  std::shared_ptr<State> state_;
};

asio::awaitable<Result<StreamSocket>> dial_tcp(asio::any_io_executor executor,
                                               std::string host,
                                               std::string port,
                                               milliseconds timeout) {
  StreamSocket socket(executor);
  asio::ip::tcp::resolver resolver(executor);
  Deadline deadline(executor, timeout);
  deadline.watch(&resolver, &socket);
  auto resolved = co_await resolver.async_resolve(host, port, kAsResult);
  auto error = std::get<0>(resolved);
  for (auto const& entry : std::get<1>(resolved)) {
    if (deadline.expired()) {
      break;
    }
    Endpoint const endpoint(entry.endpoint());
    error_code ignored;
    socket.close(ignored);
    auto [failed] = co_await socket.async_connect(endpoint, kAsResult);
    error = failed;
    if (!error) {
      tune(socket);
      break;
    }
  }
  if (deadline.expired()) {
    co_return no_answer(timeout);
  }
  if (error) {
    co_return unavailable(error.message());
  }
  co_return std::move(socket);
}

class PlainDialer final : public Dialer {
 public:
  explicit PlainDialer(EngineAddress address) : address_(std::move(address)) {}

  asio::awaitable<Result<StreamSocket>> dial(asio::any_io_executor executor,
                                             milliseconds timeout) const override {
    return address_.is_unix()
               ? dial_unix(std::move(executor), address_.path, timeout)
               : dial_tcp(std::move(executor), address_.host, address_.port, timeout);
  }
  std::string where() const override { return to_string(address_); }

 private:
  EngineAddress address_;
};

}  // namespace

DialerPtr make_plain_dialer(EngineAddress address) {
  return std::make_shared<PlainDialer>(std::move(address));
}

}  // namespace swarmward::net
