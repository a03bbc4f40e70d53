#include "base/net/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/net/as_result.h"
#include "base/net/tls_peer.h"

namespace swarmward::net {

using boost::system::error_code;

TlsSession::TlsSession(StreamSocket wire,
                       TlsContext const& context,
                       Side side,
                       std::string const& peer_name)
    : wire_(std::move(wire)), ssl_(SSL_new(context.get())), timer_(wire_.get_executor()) {
  attach(ssl_.get(), wire_.native_handle());
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
  if (reason == nullptr || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return unavailable("TLS handshake: the other side closed the connection");
  }
  return {ErrorCode::Unauthorized, std::string("TLS handshake: ") + reason};
}

asio::awaitable<Result<void>> TlsSession::handshake(std::chrono::milliseconds timeout) {
  timer_.expires_after(timeout);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    if (auto const self = weak.lock(); self && !error) {
      self->timed_out_ = true;
      self->wire_.cancel(error);
    }
  });
  for (;;) {
    ERR_clear_error();
    // A refusal too is told to the other side.
    auto const done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
      timer_.cancel();
      co_return Result<void>{};
    }
    auto const state = SSL_get_error(ssl_.get(), done);
    bool const writing = state == SSL_ERROR_WANT_WRITE;
    if (timed_out_ || (state != SSL_ERROR_WANT_READ && !writing)) {
      break;
    }
    auto const on = writing ? StreamSocket::wait_write : StreamSocket::wait_read;
    auto [failed] = co_await wire_.async_wait(on, kAsResult);
    if (failed) {
      ERR_clear_error();
      break;
    }
  }
  auto const error = refusal();
  timer_.cancel();
  wire_.close();
  co_return error;
}

std::string TlsSession::peer_chain() const {
  return chain_of_peer(ssl_.get());
}

StreamSocket TlsSession::take() {
  wire_.speak_tls(std::move(ssl_));
  return std::move(wire_);
}

}  // namespace swarmward::net
