#include "mesh/dns/listener.h"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/accept_loop.h"
#include "base/net/as_result.h"
#include "mesh/dns/tcp_message.h"

namespace swarmward::mesh::dns {

using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

Error refused(error_code error) {
  auto const code =
      error == asio::error::address_in_use ? ErrorCode::Conflict : ErrorCode::Unavailable;
  return {code, error.message()};
}

/// Sockets of a listener that is just being closed are no hindrance; those of other programs are.
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

Result<ListenSockets> open_sockets(asio::any_io_executor const& executor,
                                   Address address,
                                   std::uint16_t port) {
  error_code error;
  ListenSockets sockets{udp::socket(executor), tcp::acceptor(executor)};
  sockets.datagrams.open(udp::v4(), error);
  if (!error) {
    sockets.datagrams.set_option(ReusePort(true), error);
  }
  if (!error) {
    sockets.datagrams.bind({asio::ip::address_v4(address.value), port}, error);
  }
  if (!error) {
    sockets.datagrams.non_blocking(true, error);
  }
  if (!error) {
    sockets.connections.open(tcp::v4(), error);
  }
  if (!error) {
    sockets.connections.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) {
    sockets.connections.set_option(ReusePort(true), error);
  }
  if (!error) {
    sockets.connections.bind(tcp::endpoint(asio::ip::address_v4(address.value),
                                           sockets.datagrams.local_endpoint().port()),
                             error);
  }
  if (!error) {
    sockets.connections.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return refused(error);
  }
  return sockets;
}

/// A client on TCP.
struct Listener::Connection {
  explicit Connection(tcp::socket accepted)
      : socket(std::move(accepted)), timer(socket.get_executor()) {}

  void close() {
    error_code ignored;
    timer.cancel();
    socket.close(ignored);
  }

  tcp::socket socket;
  asio::steady_timer timer;
};

Listener::Listener(std::string network_id,
                   ListenSockets sockets,
                   std::shared_ptr<Shared> shared,
                   ForwardOptions const& forwarding,
                   ListenerLimits limits)
    : network_id_(std::move(network_id)),
      datagrams_(std::move(sockets.datagrams)),
      connections_(std::make_shared<tcp::acceptor>(std::move(sockets.connections))),
      shared_(std::move(shared)),
      forwarder_(datagrams_.get_executor(), forwarding),
      limits_(limits) {}

void Listener::start() {
  auto const executor = datagrams_.get_executor();
  asio::co_spawn(executor, serve_datagrams(shared_from_this()), asio::detached);
  net::AcceptHandlers<tcp::socket> handlers;
  handlers.accepted = [self = shared_from_this()](tcp::socket socket) {
    self->accept(std::move(socket));
  };
  asio::co_spawn(executor, net::accept_loop(connections_, std::move(handlers)), asio::detached);
}

void Listener::close() {
  error_code ignored;
  datagrams_.close(ignored);
  connections_->close(ignored);
  for (auto const& connection : open_) {
    connection->close();
  }
  forwarder_.drop_all();
}

Response Listener::decide(std::string_view bytes, asio::ip::address source, Transport transport) {
  Asker const asker{network_id_, Address{source.to_v4().to_uint()}};
  auto const names = shared_->names;
  return respond(*names, asker, bytes, transport, shared_->turn);
}

asio::awaitable<void> Listener::serve_datagrams(Self self) {
  constexpr std::chrono::milliseconds kPause{100};
  asio::steady_timer pause(self->datagrams_.get_executor());
  // One byte more than is read, so that what is too long shows.
  std::string buffer(kLargestQueryBytes + 1, '\0');
  udp::endpoint client;
  while (self->datagrams_.is_open()) {
    auto received =
        co_await self->datagrams_.async_receive_from(asio::buffer(buffer), client, net::kAsResult);
    auto& [error, size] = received;
    if (error) {
      pause.expires_after(kPause);
      co_await pause.async_wait(net::kAsResult);
      continue;
    }
    std::string_view const bytes(buffer.data(), size);
    auto response = self->decide(bytes, client.address(), Transport::Udp);
    if (auto const* const reply = std::get_if<std::string>(&response)) {
      self->send(*reply, client);
    } else if (auto* const query = std::get_if<Query>(&response)) {
      auto forwarding = forward_datagram(self, std::move(*query), std::string(bytes), client);
      asio::co_spawn(self->datagrams_.get_executor(), std::move(forwarding), asio::detached);
    }
  }
}

asio::awaitable<void> Listener::forward_datagram(Self self,
                                                 Query query,
                                                 std::string bytes,
                                                 udp::endpoint client) {
  auto const reply =
      co_await self->forwarder_.ask(std::move(query), std::move(bytes), Transport::Udp);
  self->send(reply, client);
}

void Listener::send(std::string const& reply, udp::endpoint const& client) {
  // Never waits: a reply that the kernel has no room for is lost, as datagrams may be.
  error_code ignored;
  datagrams_.send_to(asio::buffer(reply), client, 0, ignored);
}

void Listener::accept(tcp::socket socket) {
  if (open_.size() >= limits_.connections) {
    return;
  }
  open_.push_back(std::make_shared<Connection>(std::move(socket)));
  auto serving = serve_connection(shared_from_this(), open_.back());
  asio::co_spawn(datagrams_.get_executor(), std::move(serving), asio::detached);
}

asio::awaitable<void> Listener::serve_connection(Self self,
                                                 std::shared_ptr<Connection> connection) {
  auto* const socket = &connection->socket;
  error_code error;
  auto const source = socket->remote_endpoint(error).address();
  bool alive = !error;
  while (alive) {
    // Covers reading one query and writing the reply before it; forwarding has its own limits.
    connection->timer.expires_after(self->limits_.idle);
    connection->timer.async_wait([connection](error_code cancelled) {
      if (!cancelled) {
        connection->close();
      }
    });
    auto const bytes = co_await read_message(socket, kLargestQueryBytes);
    if (!bytes) {
      break;
    }
    auto response = self->decide(*bytes, source, Transport::Tcp);
    auto* const query = std::get_if<Query>(&response);
    if (query != nullptr) {
      connection->timer.cancel();
      response = co_await self->forwarder_.ask(std::move(*query), *bytes, Transport::Tcp);
    }
    auto const* const reply = std::get_if<std::string>(&response);
    if (reply == nullptr) {
      break;
    }
    alive = co_await write_message(socket, *reply);
  }
  connection->close();
  self->open_.remove(connection);
}

}  // namespace swarmward::mesh::dns
