#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/stream_socket.h"
#include "base/net/tls_context.h"

namespace swarmward::net {

/// Shakes hands over a connection, which then speaks TLS. Half-closed connections stay so, as
/// `docker exec -i` needs it. One thread: that of the socket's executor.
class TlsSession : public std::enable_shared_from_this<TlsSession> {
 public:
  enum class Side { Client, Server };

  /// `wire`: plain. `peer_name`: host or IP address that a client dialled; sent as SNI, and checked
  /// if the context says so.
  TlsSession(StreamSocket wire, TlsContext const& context, Side side, std::string const& peer_name);
  ~TlsSession();
  TlsSession(TlsSession const&) = delete;
  TlsSession& operator=(TlsSession const&) = delete;

  /// A client offers to speak it (ALPN); before the handshake.
  void offer_protocol(std::string const& protocol);
  /// What both agreed on; empty: nothing. After the handshake.
  [[nodiscard]] std::string protocol() const;
  /// Errors: Unavailable (connection, time), Unauthorized (certificates), with OpenSSL's reason.
  asio::awaitable<Result<void>> handshake(std::chrono::milliseconds timeout);
  /// The other side's certificates in PEM, its own first; empty if it showed none.
  [[nodiscard]] std::string peer_chain() const;

  /// The connection, once hands are shaken and the other side is found good. The last call.
  [[nodiscard]] StreamSocket take();

 private:
  [[nodiscard]] Error refusal() const;

  StreamSocket wire_;
  SslPtr ssl_;
  asio::steady_timer timer_;
  bool timed_out_ = false;
};

}  // namespace swarmward::net
