#pragma once

#include <functional>

#include <boost/asio/ip/tcp.hpp>

#include "app/member/member_tls.h"
#include "base/net/dialer.h"

namespace swarmward::app {

/// The agent's port: each connection of a manager becomes one to this host's engine, everybody else
/// is turned away after the handshake. Io thread only.
class TunnelListener {
 public:
  /// `seen`: the address of a manager that came.
  TunnelListener(boost::asio::any_io_executor executor,
                 MemberTls const& tls,
                 net::DialerPtr engine,
                 std::function<void(std::string const& address)> seen);
  ~TunnelListener() { close(); }
  TunnelListener(TunnelListener const&) = delete;
  TunnelListener& operator=(TunnelListener const&) = delete;

  /// `address`: IP. Port 0 takes a free one. Returns the port. Errors: Conflict (port taken),
  /// InvalidArgument.
  Result<unsigned short> listen(std::string const& address, unsigned short port);
  void close();

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;
  /// Outlives the listener in the connections it accepted.
  struct Shared;

  static boost::asio::awaitable<void> accept(std::shared_ptr<Shared> shared,
                                             std::shared_ptr<Acceptor> acceptor);
  static boost::asio::awaitable<void> connect(std::shared_ptr<Shared> shared,
                                              net::StreamSocket socket,
                                              std::string from);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace swarmward::app
