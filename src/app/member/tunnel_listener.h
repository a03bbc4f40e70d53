#pragma once

#include <functional>
#include <optional>

#include "app/member/member_tls.h"
#include "base/net/dialer.h"
#include "base/net/tcp_listener.h"

namespace swarmward::app {

/// The agent's port: each connection of a manager becomes one to this host's engine, or to who
/// takes the files of tasks if it speaks that protocol; everybody else is turned away after the
/// handshake. Io thread only.
class TunnelListener {
 public:
  /// Gets the connections of managers.
  struct Takers {
    std::function<void(std::string const& address)> seen;  ///< Of each, first.
    std::function<void(net::StreamSocket connection)> task_files;
  };

  TunnelListener(boost::asio::any_io_executor executor,
                 MemberTls const& tls,
                 net::DialerPtr engine,
                 Takers takers);
  ~TunnelListener() { close(); }
  TunnelListener(TunnelListener const&) = delete;
  TunnelListener& operator=(TunnelListener const&) = delete;

  /// `address`: IP. Port 0 takes a free one. Returns the port. Errors: Conflict (port taken),
  /// InvalidArgument.
  Result<unsigned short> listen(std::string const& address, unsigned short port);
  void close();

 private:
  /// Outlives the listener in the connections it accepted.
  struct Shared;

  static void accepted(std::shared_ptr<Shared> const& shared, boost::asio::ip::tcp::socket socket);
  static boost::asio::awaitable<void> connect(std::shared_ptr<Shared> shared,
                                              net::StreamSocket socket,
                                              std::string from);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Shared> shared_;
  std::optional<net::TcpListener> listener_;
};

}  // namespace swarmward::app
