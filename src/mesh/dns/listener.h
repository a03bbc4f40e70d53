#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "base/result.h"
#include "mesh/dns/forwarder.h"

namespace swarmward::mesh::dns {

/// The sockets of one network, bound to the same port. They stay in the namespace in which they
/// were opened.
struct ListenSockets {
  asio::ip::udp::socket datagrams;
  asio::ip::tcp::acceptor connections;
};

/// Opens them in the calling thread's namespace; port 0 takes a free one. Errors: Conflict (the
/// port is taken), Unavailable (all else), with the kernel's reason.
[[nodiscard]] Result<ListenSockets> open_sockets(asio::any_io_executor const& executor,
                                                 Address address,
                                                 std::uint16_t port);

/// What all listeners share. Touched on the strand only.
struct Shared {
  std::shared_ptr<Names const> names = std::make_shared<Names const>();
  std::uint64_t turn = 0;
};

struct ListenerLimits {
  std::size_t connections = 64;           ///< On TCP; further ones are closed at once.
  std::chrono::milliseconds idle{10000};  ///< After which a connection without a query ends.
};

/// Answers the queries of one network. All of it on one strand, the executor of the sockets.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(std::string network_id,
           ListenSockets sockets,
           std::shared_ptr<Shared> shared,
           ForwardOptions const& forwarding,
           ListenerLimits limits);

  /// To be called once. What it starts keeps the listener alive until close().
  void start();
  /// Closes sockets and connections; queries in flight are dropped.
  void close();

 private:
  using Self = std::shared_ptr<Listener>;
  struct Connection;

  static asio::awaitable<void> serve_datagrams(Self self);
  static asio::awaitable<void> forward_datagram(Self self,
                                                Query query,
                                                std::string bytes,
                                                asio::ip::udp::endpoint client);
  static asio::awaitable<void> serve_connection(Self self, std::shared_ptr<Connection> connection);
  void accept(asio::ip::tcp::socket socket);
  void send(std::string const& reply, asio::ip::udp::endpoint const& client);
  [[nodiscard]] Response decide(std::string_view bytes,
                                asio::ip::address source,
                                Transport transport);

  std::string network_id_;
  asio::ip::udp::socket datagrams_;
  std::shared_ptr<asio::ip::tcp::acceptor> connections_;
  std::shared_ptr<Shared> shared_;
  Forwarder forwarder_;
  ListenerLimits limits_;
  std::list<std::shared_ptr<Connection>> open_;
};

}  // namespace swarmward::mesh::dns
