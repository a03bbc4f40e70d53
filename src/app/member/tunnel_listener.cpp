#include "app/member/tunnel_listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/files/remote_task_files.h"
#include "base/log.h"
#include "base/net/as_result.h"
#include "base/net/handshake_limit.h"
#include "base/net/host_text.h"
#include "base/net/stream_relay.h"
#include "base/net/tls_session.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

using boost::system::error_code;
constexpr std::chrono::seconds kHandshakeTimeout{3};
constexpr std::chrono::seconds kEngineTimeout{5};
constexpr std::size_t kHandshakesOfOne = 16;
/// A host that is just joining has its certificate a moment after its manager knows of it.
constexpr std::chrono::milliseconds kCertificatePause{50};
constexpr unsigned kCertificatePauses = 60;

}  // namespace

struct TunnelListener::Shared {
  MemberTls const* tls = nullptr;  ///< Null once the listener is closed.
  net::DialerPtr engine;
  Takers takers;
  net::HandshakeLimit handshakes{kHandshakesOfOne};
};

TunnelListener::TunnelListener(asio::any_io_executor executor,
                               MemberTls const& tls,
                               net::DialerPtr engine,
                               Takers takers)
    : executor_(std::move(executor)), shared_(std::make_shared<Shared>()) {
  shared_->tls = &tls;
  shared_->engine = std::move(engine);
  shared_->takers = std::move(takers);
}

Result<unsigned short> TunnelListener::listen(std::string const& address, unsigned short port) {
  error_code error;
  auto const ip = asio::ip::make_address(address, error);
  if (error) {
    return invalid_argument("cannot listen on " + address + ": not an IP address");
  }
  asio::ip::tcp::endpoint const endpoint(ip, port);
  auto listener = net::TcpListener::open(executor_, endpoint);
  if (!listener) {
    auto const text = "cannot listen on " + address + ":" + std::to_string(port) +
                      " for this swarm's managers: " + listener.error().message +
                      ". Choose another port with --agent-port";
    return listener.error().code == ErrorCode::Conflict ? conflict(text) : invalid_argument(text);
  }
  listener_.emplace(std::move(*listener));
  listener_->start(
      {[shared = shared_](asio::ip::tcp::socket socket) { accepted(shared, std::move(socket)); },
       nullptr});
  return listener_->port();
}

void TunnelListener::close() {
  shared_->tls = nullptr;
  shared_->takers = {};
  listener_.reset();
}

void TunnelListener::accepted(std::shared_ptr<Shared> const& shared, asio::ip::tcp::socket socket) {
  error_code error;
  auto const from = net::unmapped(socket.remote_endpoint(error).address().to_string());
  if (shared->tls == nullptr || !shared->handshakes.begin(from)) {
    return;
  }
  auto const executor = socket.get_executor();
  net::StreamSocket stream(std::move(socket));
  asio::co_spawn(executor, connect(shared, std::move(stream), from), asio::detached);
}

asio::awaitable<void> TunnelListener::connect(std::shared_ptr<Shared> shared,
                                              net::StreamSocket socket,
                                              std::string from) {
  auto const executor = socket.get_executor();
  asio::steady_timer pause(executor);
  for (unsigned n = 0; n < kCertificatePauses && shared->tls != nullptr && !shared->tls->ready();
       ++n) {
    pause.expires_after(kCertificatePause);
    co_await pause.async_wait(net::kAsResult);
  }
  if (shared->tls == nullptr || !shared->tls->ready()) {
    shared->handshakes.end(from);
    co_return;
  }
  auto const session = std::make_shared<net::TlsSession>(
      std::move(socket), shared->tls->context(), net::TlsSession::Side::Server, "");
  auto const shaken = co_await session->handshake(kHandshakeTimeout);
  shared->handshakes.end(from);
  if (!shaken || shared->tls == nullptr) {
    co_return;
  }
  auto const fits = shared->tls->judge_manager(session->peer_chain());
  if (!fits) {
    room_log("cluster")->warn("tunnel.refused from={} reason=\"{}\"", from, fits.error().message);
    co_return;
  }
  shared->takers.seen(from);
  if (session->protocol() == kTaskFilesProtocol) {
    shared->takers.task_files(session->take());
    co_return;
  }
  auto engine = co_await shared->engine->dial(executor, kEngineTimeout);
  if (!engine) {
    room_log("cluster")->warn("tunnel.no_engine error=\"{}\"", engine.error().message);
    co_return;
  }
  net::relay(session->take(), std::move(*engine));
}

}  // namespace swarmward::app
