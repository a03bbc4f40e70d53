#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/stream_socket.h"
#include "base/net/tls_context.h"

struct ssl_st;

namespace swarmward::net {

/// TLS over one connection. After the handshake it is bridged to a plain socket, so that whoever
/// works with sockets needs to know nothing of TLS. Half-closed connections stay so across the
/// bridge: the end of input on one side is the end of output on the other, as `docker exec -i`
/// needs it. One thread: that of the socket's executor.
class TlsSession : public std::enable_shared_from_this<TlsSession> {
 public:
  enum class Side { Client, Server };

  /// `peer_name`: host or IP address that a client dialled; sent as SNI, and checked if the context
  /// says so.
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

  /// From now on the bytes go to and from `plain`; ends with both sides.
  void bridge(StreamSocket plain);
  /// The same with one end of a new pair; returns the other end. Errors: Unavailable (no
  /// descriptors left).
  Result<StreamSocket> bridge_to_pair();

 private:
  static asio::awaitable<void> run_inbound(std::shared_ptr<TlsSession> self);
  static asio::awaitable<void> run_outbound(std::shared_ptr<TlsSession> self);
  asio::awaitable<void> inbound();
  asio::awaitable<void> outbound();
  asio::awaitable<bool> flush();
  asio::awaitable<bool> receive();
  asio::awaitable<void> plain_ended();
  [[nodiscard]] Error refusal() const;
  void side_done();
  void close_both();

  StreamSocket wire_;
  StreamSocket plain_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  asio::steady_timer timer_;
  bool flushing_ = false;
  bool timed_out_ = false;
  unsigned running_ = 0;
};

}  // namespace swarmward::net
