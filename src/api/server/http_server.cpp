#include "api/server/http_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server/session.h"
#include "api/server/unix_listener.h"
#include "base/log.h"
#include "base/net/tls_session.h"

namespace swarmward::api {

namespace {

using boost::system::error_code;
using UnixAcceptor = asio::local::stream_protocol::acceptor;
using TcpAcceptor = asio::ip::tcp::acceptor;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// After an accept that failed for lack of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kHandshakeTimeout{10};

void tune(asio::ip::tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}
void tune(asio::local::stream_protocol::socket& /*socket*/) {}

std::string place_of(asio::ip::tcp::socket& socket) {
  error_code error;
  auto const remote = socket.remote_endpoint(error);
  auto const host = remote.address().to_string();
  auto const shown = remote.address().is_v6() ? "[" + host + "]" : host;
  return error ? std::string("unknown") : shown + ":" + std::to_string(remote.port());
}

std::shared_ptr<ClientIdentity const> identify(asio::ip::tcp::socket& socket) {
  ClientIdentity identity;
  identity.from = place_of(socket);
  return std::make_shared<ClientIdentity const>(std::move(identity));
}

std::shared_ptr<ClientIdentity const> identify(asio::local::stream_protocol::socket& socket) {
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
  std::size_t shaking = 0;  ///< Handshakes under way.
};

asio::awaitable<void> welcome(std::shared_ptr<ServerContext> context,
                              std::shared_ptr<TlsListener> listener,
                              std::shared_ptr<asio::ip::tcp::socket> socket) {
  auto const from = place_of(*socket);
  auto const tls_context = listener->context();
  if (!tls_context) {
    co_return;
  }
  auto const tls = std::make_shared<net::TlsSession>(
      net::StreamSocket(std::move(*socket)), tls_context, net::TlsSession::Side::Server, "");
  ++listener->shaking;
  auto const shaken = co_await tls->handshake(kHandshakeTimeout);
  --listener->shaking;
  if (!shaken) {
    room_log("api")->debug("tls.refused from={} reason=\"{}\"", from, shaken.error().message);
    co_return;
  }
  auto judged = listener->judge(tls->peer_chain(), from);
  if (!judged) {
    room_log("api")->warn("tls.refused from={} reason=\"{}\"", from, judged.error().message);
    co_return;
  }
  auto plain = tls->bridge_to_pair();
  if (!plain) {
    room_log("api")->error("tls.refused from={} reason=\"{}\"", from, plain.error().message);
    co_return;
  }
  auto identity = std::make_shared<ClientIdentity const>(std::move(*judged));
  std::make_shared<Session>(std::move(*plain), context, std::move(identity))->start();
}

/// More at once are turned away: a flood of them must not exhaust the memory.
constexpr std::size_t kHandshakes = 1024;

asio::awaitable<void> accept_tls(std::shared_ptr<ServerContext> context,
                                 std::shared_ptr<TcpAcceptor> acceptor,
                                 std::shared_ptr<TlsListener> listener) {
  asio::steady_timer pause(acceptor->get_executor());
  while (acceptor->is_open()) {
    auto accepted = co_await acceptor->async_accept(kToken);
    auto& [error, socket] = accepted;
    if (!acceptor->is_open()) {
      break;
    }
    if (error) {
      room_log("api")->warn("accept.failed error=\"{}\"", error.message());
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kToken);
      continue;
    }
    if (listener->shaking >= kHandshakes) {
      continue;
    }
    tune(socket);
    auto shared = std::make_shared<asio::ip::tcp::socket>(std::move(socket));
    asio::co_spawn(
        acceptor->get_executor(), welcome(context, listener, std::move(shared)), asio::detached);
  }
}

Error listen_failed(std::string const& where, error_code error) {
  auto const message = "cannot listen on tcp://" + where + ": " + error.message();
  if (error == asio::error::address_in_use) {
    return conflict(message);
  }
  if (error == asio::error::access_denied) {
    return {ErrorCode::Forbidden, message + ". Ports below 1024 need root"};
  }
  return invalid_argument(message);
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
 public:
  Impl(asio::any_io_executor executor_in, FrontOptions options, RequestHandler& handler)
      : executor(std::move(executor_in)), context(std::make_shared<ServerContext>()) {
    context->options = std::move(options);
    context->handler = &handler;
  }

  template <class Acceptor>
  static asio::awaitable<void> accept_all(std::shared_ptr<ServerContext> context,
                                          std::shared_ptr<Acceptor> acceptor) {
    asio::steady_timer pause(acceptor->get_executor());
    while (acceptor->is_open()) {
      auto accepted = co_await acceptor->async_accept(kToken);
      auto& [error, socket] = accepted;
      if (!acceptor->is_open()) {
        break;
      }
      if (error) {
        room_log("api")->warn("accept.failed error=\"{}\"", error.message());
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(kToken);
        continue;
      }
      tune(socket);
      auto identity = identify(socket);
      std::make_shared<Session>(net::StreamSocket(std::move(socket)), context, std::move(identity))
          ->start();
    }
  }

  template <class Acceptor>
  void accept_on(std::shared_ptr<Acceptor> acceptor) {
    closers.emplace_back([acceptor] {
      error_code ignored;
      acceptor->close(ignored);
    });
    asio::co_spawn(executor, accept_all(context, std::move(acceptor)), asio::detached);
  }

  asio::any_io_executor executor;
  std::shared_ptr<ServerContext> context;
  std::vector<std::function<void()>> closers;
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
  impl_->accept_on(
      std::make_shared<UnixAcceptor>(impl_->executor, asio::local::stream_protocol(), *socket));
  impl_->closers.push_back([path] { ::unlink(path.c_str()); });
  return {};
}

namespace {

/// A listening socket at host:port.
Result<std::shared_ptr<TcpAcceptor>> open_tcp(asio::any_io_executor const& executor,
                                              std::string const& host_and_port) {
  auto const colon = host_and_port.rfind(':');
  if (colon == std::string::npos) {
    return invalid_argument("cannot listen on tcp://" + host_and_port + ": the port is missing");
  }
  auto host = host_and_port.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  error_code error;
  asio::ip::tcp::resolver resolver(executor);
  auto const found = resolver.resolve(
      host, host_and_port.substr(colon + 1), asio::ip::resolver_base::passive, error);
  if (error || found.empty()) {
    return listen_failed(host_and_port, error);
  }
  auto const endpoint = found.begin()->endpoint();
  auto acceptor = std::make_shared<TcpAcceptor>(executor);
  acceptor->open(endpoint.protocol(), error);
  if (!error) {
    acceptor->set_option(asio::socket_base::reuse_address(true), error);
    acceptor->bind(endpoint, error);
  }
  if (!error) {
    acceptor->listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return listen_failed(host_and_port, error);
  }
  return acceptor;
}

}  // namespace

Result<unsigned short> HttpServer::listen_tcp(std::string const& host_and_port) {
  auto acceptor = open_tcp(impl_->executor, host_and_port);
  if (!acceptor) {
    return acceptor.error();
  }
  auto const port = (*acceptor)->local_endpoint().port();
  impl_->accept_on(std::move(*acceptor));
  return port;
}

Result<unsigned short> HttpServer::listen_tls(std::string const& host_and_port,
                                              std::function<net::TlsContext()> context,
                                              JudgeClient judge) {
  auto acceptor = open_tcp(impl_->executor, host_and_port);
  if (!acceptor) {
    return acceptor.error();
  }
  auto const port = (*acceptor)->local_endpoint().port();
  auto listener = std::make_shared<TlsListener>();
  listener->context = std::move(context);
  listener->judge = std::move(judge);
  impl_->closers.emplace_back([acceptor = *acceptor] {
    error_code ignored;
    acceptor->close(ignored);
  });
  asio::co_spawn(impl_->executor,
                 accept_tls(impl_->context, std::move(*acceptor), std::move(listener)),
                 asio::detached);
  return port;
}

void HttpServer::stop_accepting() {
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
