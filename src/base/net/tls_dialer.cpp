#include "base/net/tls_dialer.h"

#include "base/net/tls_session.h"

namespace swarmward::net {

namespace {

class TlsDialer final : public Dialer {
 public:
  TlsDialer(std::function<Result<TlsRoute>()> route, std::string where)
      : route_(std::move(route)), where_(std::move(where)) {}

  asio::awaitable<Result<StreamSocket>> dial(asio::any_io_executor executor,
                                             std::chrono::milliseconds timeout) const override {
    auto route = route_();
    if (route && !route->context) {  // Given up, as when the host has just left its swarm.
      route = unavailable("this host has no certificate any more");
    }
    return route ? connect(std::move(executor), *route, timeout) : refuse(route.error());
  }
  std::string where() const override { return where_; }

 private:
  static asio::awaitable<Result<StreamSocket>> refuse(Error error) { co_return error; }

  static asio::awaitable<Result<StreamSocket>> connect(asio::any_io_executor executor,
                                                       TlsRoute route,
                                                       std::chrono::milliseconds timeout) {
    auto const plain = make_plain_dialer(route.address);
    auto wire = co_await plain->dial(executor, timeout);
    if (!wire) {
      co_return wire.error();
    }
    auto const session = std::make_shared<TlsSession>(
        std::move(*wire), route.context, TlsSession::Side::Client, route.address.host);
    if (!route.protocol.empty()) {
      session->offer_protocol(route.protocol);
    }
    auto const shaken = co_await session->handshake(timeout);
    if (!shaken) {
      co_return shaken.error();
    }
    if (route.judge) {
      if (auto const fits = route.judge(session->peer_chain()); !fits) {
        co_return fits.error();
      }
    }
    if (!route.protocol.empty() && session->protocol() != route.protocol) {
      co_return Error{
          ErrorCode::NotImplemented,
          "the other side does not speak " + route.protocol + ": it is of an older version"};
    }
    co_return session->take();
  }

  std::function<Result<TlsRoute>()> route_;
  std::string where_;
};

}  // namespace

DialerPtr make_tls_dialer(std::function<Result<TlsRoute>()> route, std::string where) {
  return std::make_shared<TlsDialer>(std::move(route), std::move(where));
}

}  // namespace swarmward::net
