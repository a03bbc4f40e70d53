#include "base/net/tls_session.h"

#include <array>
#include <cstring>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/net/as_result.h"
#include "base/net/stream_pieces.h"
#include "base/net/tls_peer.h"

namespace swarmward::net {

namespace {

using boost::system::error_code;
/// How long the other side may take to say good-bye too.
constexpr std::chrono::seconds kFarewell{2};

}  // namespace

TlsSession::TlsSession(StreamSocket wire,
                       TlsContext const& context,
                       Side side,
                       std::string const& peer_name)
    : wire_(std::move(wire)),
      plain_(wire_.get_executor()),
      ssl_(SSL_new(context.get()), SSL_free),
      timer_(wire_.get_executor()) {
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (side == Side::Server) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
    if (!peer_name.empty()) {
      name_peer(ssl_.get(), peer_name);
    }
  }
}

TlsSession::~TlsSession() = default;

void TlsSession::offer_protocol(std::string const& protocol) {
  auto const wire = static_cast<char>(protocol.size()) + protocol;
  SSL_set_alpn_protos(ssl_.get(),
                      reinterpret_cast<unsigned char const*>(wire.data()),
                      static_cast<unsigned int>(wire.size()));
}

std::string TlsSession::protocol() const {
  unsigned char const* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<char const*>(name), size};
}

Error TlsSession::refusal() const {
  if (timed_out_) {
    return unavailable("TLS handshake: no answer in time");
  }
  auto const verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE) {
    return {ErrorCode::Unauthorized,
            std::string("TLS handshake: ") + X509_verify_cert_error_string(verified)};
  }
  auto const code = ERR_peek_last_error();
  auto const* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  if (reason == nullptr) {
    return unavailable("TLS handshake: the other side closed the connection");
  }
  return {ErrorCode::Unauthorized, std::string("TLS handshake: ") + reason};
}

/// Sends what OpenSSL wants to say. One caller at a time writes; what comes up meanwhile it takes
/// along.
asio::awaitable<bool> TlsSession::flush() {
  if (flushing_) {
    co_return true;
  }
  flushing_ = true;
  auto* out = SSL_get_wbio(ssl_.get());
  bool sent = true;
  while (sent && BIO_ctrl_pending(out) > 0) {
    std::string bytes(BIO_ctrl_pending(out), '\0');
    BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    sent = co_await write_all(&wire_, std::move(bytes));
  }
  flushing_ = false;
  co_return sent;
}

/// Gives OpenSSL more bytes of the wire; false at their end.
asio::awaitable<bool> TlsSession::receive() {
  auto const got = co_await read_piece(&wire_);
  if (got == 0) {
    co_return false;
  }
  BIO_write(SSL_get_rbio(ssl_.get()), scratch().data(), static_cast<int>(got));
  co_return true;
}

asio::awaitable<Result<void>> TlsSession::handshake(std::chrono::milliseconds timeout) {
  timer_.expires_after(timeout);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    if (auto const self = weak.lock(); self && !error) {
      self->timed_out_ = true;
      self->wire_.close(error);
    }
  });
  for (;;) {
    ERR_clear_error();
    auto const done = SSL_do_handshake(ssl_.get());
    auto const state = SSL_get_error(ssl_.get(), done);
    std::optional<Error> failed;
    if (done != 1 && state != SSL_ERROR_WANT_READ) {
      failed = refusal();
    }
    // A refusal too is told to the other side.
    auto const sent = co_await flush();
    if (done == 1 && sent) {
      break;
    }
    bool more = !failed && sent;
    if (more) {
      more = co_await receive();
    }
    if (!more) {
      timer_.cancel();
      co_return failed ? *failed : refusal();
    }
  }
  timer_.cancel();
  co_return Result<void>{};
}

std::string TlsSession::peer_chain() const {
  return chain_of_peer(ssl_.get());
}

void TlsSession::bridge(StreamSocket plain) {
  plain_ = std::move(plain);
  running_ = 2;
  auto const executor = wire_.get_executor();
  asio::co_spawn(executor, run_inbound(shared_from_this()), asio::detached);
  asio::co_spawn(executor, run_outbound(shared_from_this()), asio::detached);
}

Result<StreamSocket> TlsSession::bridge_to_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return unavailable(std::string("no pair of sockets: ") + std::strerror(errno));
  }
  auto const unix_stream = asio::generic::stream_protocol(AF_UNIX, 0);
  StreamSocket near(wire_.get_executor(), unix_stream, ends[0]);
  bridge(StreamSocket(wire_.get_executor(), unix_stream, ends[1]));
  return near;
}

asio::awaitable<void> TlsSession::run_inbound(std::shared_ptr<TlsSession> self) {
  co_await self->inbound();
  self->side_done();
}

asio::awaitable<void> TlsSession::run_outbound(std::shared_ptr<TlsSession> self) {
  co_await self->outbound();
  self->side_done();
}

asio::awaitable<void> TlsSession::inbound() {
  error_code ignored;
  for (;;) {
    ERR_clear_error();
    auto const got = SSL_read(ssl_.get(), scratch().data(), kPieceSize);
    if (got > 0) {
      std::string bytes(scratch().data(), static_cast<std::size_t>(got));
      auto const written = co_await write_all(&plain_, std::move(bytes));
      if (!written) {
        close_both();
        co_return;
      }
      continue;
    }
    auto const state = SSL_get_error(ssl_.get(), got);
    auto const sent = co_await flush();
    if (state == SSL_ERROR_ZERO_RETURN) {
      plain_.shutdown(StreamSocket::shutdown_send, ignored);
      co_return;
    }
    if (state != SSL_ERROR_WANT_READ || !sent) {
      close_both();
      co_return;
    }
    auto const more = co_await receive();
    if (!more) {
      // Cut off without a good-bye: what was sent may be incomplete, so nobody shall go on.
      close_both();
      co_return;
    }
  }
}

asio::awaitable<void> TlsSession::outbound() {
  for (;;) {
    auto const got = co_await read_piece(&plain_);
    if (got == 0) {
      break;
    }
    ERR_clear_error();
    auto const taken = SSL_write(ssl_.get(), scratch().data(), static_cast<int>(got));
    auto const sent = co_await flush();
    if (!sent || taken <= 0) {
      close_both();
      co_return;
    }
  }
  co_await plain_ended();
}

/// Says good-bye. If nobody is left to read what the other side still sends, it gets little time.
asio::awaitable<void> TlsSession::plain_ended() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  co_await flush();
  if (!plain_.is_open()) {
    co_return;
  }
  if (!hung_up(plain_)) {
    co_await plain_.async_wait(StreamSocket::wait_error, kAsResult);
  }
  timer_.expires_after(kFarewell);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) {
      self->close_both();
    }
  });
}

void TlsSession::side_done() {
  if (--running_ == 0) {
    timer_.cancel();
    close_both();
  }
}

void TlsSession::close_both() {
  error_code ignored;
  wire_.close(ignored);
  plain_.close(ignored);
}

}  // namespace swarmward::net
