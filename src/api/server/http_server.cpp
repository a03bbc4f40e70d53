#include "api/server/http_server.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server/session.h"
#include "api/server/unix_listener.h"
#include "base/log.h"
#include "base/net/as_result.h"
#include "base/net/handshake_limit.h"
#include "base/net/host_text.h"
#include "base/net/tcp_listener.h"
#include "base/net/tls_session.h"

namespace swarmward::api {

namespace {

using boost::system::error_code;
using UnixAcceptor = asio::local::stream_protocol::acceptor;
using TcpSocket = net::TcpListener::Socket;
using UnixSocket = asio::local::stream_protocol::socket;
constexpr std::chrono::seconds kHandshakeTimeout{10};
/// Many hosts may be behind one address.
constexpr std::size_t kHandshakesOfOne = 128;

std::string place_of(TcpSocket& socket) {
  error_code error;
  auto const remote = socket.remote_endpoint(error);
  auto const host = net::in_brackets(net::unmapped(remote.address().to_string()));
  return error ? std::string("unknown") : host + ":" + std::to_string(remote.port());
}

std::shared_ptr<ClientIdentity const> identify(TcpSocket& socket) {
  ClientIdentity identity;
  identity.from = place_of(socket);
  return std::make_shared<ClientIdentity const>(std::move(identity));
}

std::shared_ptr<ClientIdentity const> identify(UnixSocket& socket) {
  ucred caller{};
  socklen_t size = sizeof caller;
  ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &caller, &size);
  ClientIdentity identity;
  identity.from = "unix uid=" + std::to_string(caller.uid) + " pid=" + std::to_string(caller.pid);
  return std::make_shared<ClientIdentity const>(std::move(identity));
}

/// What TLS listeners share with the connections they accept.
struct TlsListener {
  std::function<net::TlsContext()> context;
  JudgeClient judge;
  net::HandshakeLimit handshakes{kHandshakesOfOne};
};

/// Counts while it lives as a connection of one who has not shown who he is.
class Seat {
 public:
  Seat(std::shared_ptr<TlsListener> listener, std::string address)
      : listener_(std::move(listener)), address_(std::move(address)) {}
  ~Seat() { listener_->handshakes.end(address_); }
  Seat(Seat const&) = delete;
  Seat& operator=(Seat const&) = delete;

 private:
  std::shared_ptr<TlsListener> listener_;
  std::string address_;
};

asio::awaitable<void> close_after(std::weak_ptr<Session> session,
                                  asio::any_io_executor executor,
                                  std::chrono::seconds time) {
  asio::steady_timer timer(executor, time);
  co_await timer.async_wait(net::kAsResult);
  if (auto const left = session.lock()) {
    left->close();
  }
}

asio::awaitable<void> welcome(std::shared_ptr<ServerContext> context,
                              std::shared_ptr<TlsListener> listener,
                              std::shared_ptr<TcpSocket> socket) {
  auto const from = place_of(*socket);
  auto const address = from.substr(0, from.rfind(':'));
  auto const tls_context = listener->context();
  if (!tls_context || !listener->handshakes.begin(address)) {
    co_return;
  }
  auto seat = std::make_shared<Seat>(listener, address);
  auto const tls = std::make_shared<net::TlsSession>(
      net::StreamSocket(std::move(*socket)), tls_context, net::TlsSession::Side::Server, "");
  auto const shaken = co_await tls->handshake(kHandshakeTimeout);
  if (!shaken) {
    room_log("api")->debug("tls.refused from={} reason=\"{}\"", from, shaken.error().message);
    co_return;
  }
  auto judged = listener->judge(tls->peer_chain(), from);
  if (!judged) {
    room_log("api")->warn("tls.refused from={} reason=\"{}\"", from, judged.error().message);
    co_return;
  }
  auto identity = std::make_shared<ClientIdentity const>(std::move(*judged));
  auto const time = context->options.stranger_time;
  bool const stranger = identity->chain.empty() && time.count() > 0;
  if (!stranger) {
    seat.reset();
  }
  auto stream = tls->take();
  auto const executor = stream.get_executor();
  auto const session = std::make_shared<Session>(
      std::move(stream), context, std::move(identity), std::move(seat));
  session->start();
  if (stranger) {
    asio::co_spawn(executor, close_after(session, executor, time), asio::detached);
  }
}

void log_failure(error_code const& error) {
  room_log("api")->warn("accept.failed error=\"{}\"", error.message());
}

Error listen_failed(std::string const& where, Error error) {
  error.message = "cannot listen on tcp://" + where + ": " + error.message;
  if (error.code == ErrorCode::Forbidden) {
    error.message += ". Ports below 1024 need root";
  }
  return error;
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
 public:
  Impl(asio::any_io_executor executor_in, FrontOptions options, RequestHandler& handler)
      : executor(std::move(executor_in)), context(std::make_shared<ServerContext>()) {
    context->options = std::move(options);
    context->handler = &handler;
  }

  /// Handlers that make a session of each connection.
  template <class Socket>
  [[nodiscard]] net::AcceptHandlers<Socket> sessions() const {
    auto const begin = [context = context](Socket socket) {
      auto identity = identify(socket);
      std::make_shared<Session>(net::StreamSocket(std::move(socket)), context, std::move(identity))
          ->start();
    };
    return {begin, log_failure};
  }

  asio::any_io_executor executor;
  std::shared_ptr<ServerContext> context;
  std::vector<net::TcpListener> tcp;
  std::vector<std::function<void()>> closers;  ///< Of unix sockets.
};

HttpServer::HttpServer(asio::any_io_executor executor,
                       FrontOptions options,
                       RequestHandler& handler)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), handler)) {}

HttpServer::~HttpServer() {
  stop_accepting();
  close_all();
}

Result<void> HttpServer::listen_unix(std::string const& path) {
  auto const socket = open_unix_listener(path);
  if (!socket) {
    return socket.error();
  }
  auto const acceptor =
      std::make_shared<UnixAcceptor>(impl_->executor, asio::local::stream_protocol(), *socket);
  asio::co_spawn(
      impl_->executor, net::accept_loop(acceptor, impl_->sessions<UnixSocket>()), asio::detached);
  impl_->closers.emplace_back([acceptor, path] {
    error_code ignored;
    acceptor->close(ignored);
    ::unlink(path.c_str());
  });
  return {};
}

namespace {

/// A listening socket at host:port.
Result<net::TcpListener> open_tcp(asio::any_io_executor const& executor,
                                  std::string const& host_and_port) {
  auto const colon = host_and_port.rfind(':');
  if (colon == std::string::npos) {
    return invalid_argument("cannot listen on tcp://" + host_and_port + ": the port is missing");
  }
  auto const host = net::without_brackets(host_and_port.substr(0, colon));
  error_code error;
  asio::ip::tcp::resolver resolver(executor);
  auto const found = resolver.resolve(
      host, host_and_port.substr(colon + 1), asio::ip::resolver_base::passive, error);
  if (error || found.empty()) {
    return listen_failed(host_and_port, invalid_argument(error.message()));
  }
  auto listener = net::TcpListener::open(executor, found.begin()->endpoint());
  if (!listener) {
    return listen_failed(host_and_port, listener.error());
  }
  return listener;
}

}  // namespace

Result<unsigned short> HttpServer::listen_tcp(std::string const& host_and_port) {
  auto listener = open_tcp(impl_->executor, host_and_port);
  if (!listener) {
    return listener.error();
  }
  listener->start(impl_->sessions<TcpSocket>());
  impl_->tcp.push_back(std::move(*listener));
  return impl_->tcp.back().port();
}

Result<unsigned short> HttpServer::listen_tls(std::string const& host_and_port,
                                              std::function<net::TlsContext()> context,
                                              JudgeClient judge) {
  auto listener = open_tcp(impl_->executor, host_and_port);
  if (!listener) {
    return listener.error();
  }
  auto const tls = std::make_shared<TlsListener>();
  tls->context = std::move(context);
  tls->judge = std::move(judge);
  auto const shake = [server = impl_->context, executor = impl_->executor, tls](TcpSocket socket) {
    auto shared = std::make_shared<TcpSocket>(std::move(socket));
    asio::co_spawn(executor, welcome(server, tls, std::move(shared)), asio::detached);
  };
  listener->start({shake, log_failure});
  impl_->tcp.push_back(std::move(*listener));
  return impl_->tcp.back().port();
}

void HttpServer::stop_accepting() {
  impl_->tcp.clear();
  for (auto const& close : impl_->closers) {
    close();
  }
  impl_->closers.clear();
}

std::size_t HttpServer::sessions() const {
  return impl_->context->sessions.size();
}

void HttpServer::close_all() {
  std::vector<std::shared_ptr<Session>> open;
  for (auto const& [key, session] : impl_->context->sessions) {
    open.push_back(session.lock());
  }
  for (auto const& session : open) {
    if (session) {
      session->close();
    }
  }
}

}  // namespace swarmward::api
