#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/net/accept_loop.h"
#include "base/result.h"

namespace swarmward::net {

/// A listening TCP socket; closed with the object. One thread: that of its executor.
class TcpListener {
 public:
  using Socket = asio::ip::tcp::socket;

  /// Binds and listens; port 0 takes a free one. Errors, with the system's reason as their whole
  /// message: Conflict (address in use), Forbidden (a port for root), InvalidArgument (all else).
  static Result<TcpListener> open(asio::any_io_executor const& executor,
                                  asio::ip::tcp::endpoint const& endpoint);
  ~TcpListener() { close(); }
  TcpListener(TcpListener&&) = default;
  TcpListener& operator=(TcpListener&&) = delete;
  TcpListener(TcpListener const&) = delete;
  TcpListener& operator=(TcpListener const&) = delete;

  [[nodiscard]] unsigned short port() const { return port_; }
  /// Starts to hand on connections, ready for small messages and noticing dead peers. To be called
  /// once. The handlers may outlive the listener, but are not called once it is closed.
  void start(AcceptHandlers<Socket> handlers);
  /// Clients are refused from now on.
  void close();

 private:
  using Acceptor = asio::ip::tcp::acceptor;

  explicit TcpListener(std::shared_ptr<Acceptor> acceptor);

  std::shared_ptr<Acceptor> acceptor_;  ///< Null once moved from.
  unsigned short port_ = 0;
};

}  // namespace swarmward::net
