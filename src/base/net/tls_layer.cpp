#include "base/net/tls_layer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include <boost/asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace swarmward::net {

namespace {

using boost::system::error_code;
constexpr std::size_t kRecord = 16384;

int descriptor_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int outcome(BIO* bio, ssize_t moved, int again) {
  BIO_clear_retry_flags(bio);
  if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    BIO_set_flags(bio, again | BIO_FLAGS_SHOULD_RETRY);
  }
  return static_cast<int>(moved);
}

int take_from_wire(BIO* bio, char* data, int size) {
  auto const moved = ::recv(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT);
  return outcome(bio, moved, BIO_FLAGS_READ);
}

int put_on_wire(BIO* bio, char const* data, int size) {
  auto const moved =
      ::send(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  return outcome(bio, moved, BIO_FLAGS_WRITE);
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* wire_method() {
  static auto* const method = [] {
    auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    BIO_meth_set_read(made, take_from_wire);
    BIO_meth_set_write(made, put_on_wire);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

std::array<char, kRecord>& gathered() {
  thread_local std::array<char, kRecord> bytes;
  return bytes;
}

}  // namespace

void FreeSsl::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

void attach(SSL* ssl, int descriptor) {
  auto* const wire = BIO_new(wire_method());
  BIO_set_data(wire, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  BIO_set_init(wire, 1);
  SSL_set_bio(ssl, wire, wire);
}

asio::mutable_buffer TlsLayer::gathering() {
  return asio::buffer(gathered());
}

error_code TlsLayer::failed(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    default:
      said_goodbye_ = true;  // There is nobody to say it to.
      return asio::error::connection_reset;
  }
}

std::size_t TlsLayer::read(asio::mutable_buffer into, error_code& error) {
  error = {};
  if (into.size() == 0) {
    return 0;
  }
  ERR_clear_error();
  auto const most = static_cast<int>(std::min<std::size_t>(into.size(), INT32_MAX));
  auto const got = SSL_read(ssl_.get(), into.data(), most);
  starved_ = got <= 0;
  if (got > 0) {
    return static_cast<std::size_t>(got);
  }
  error = failed(got);
  return 0;
}

error_code TlsLayer::peek() {
  char byte = 0;
  ERR_clear_error();
  auto const seen = SSL_peek(ssl_.get(), &byte, 1);
  starved_ = seen <= 0;
  return seen > 0 ? error_code{} : failed(seen);
}

bool TlsLayer::may_have_input() const {
  return !starved_ && SSL_has_pending(ssl_.get()) == 1;
}

std::size_t TlsLayer::write_record(asio::const_buffer bytes, error_code& error) {
  ERR_clear_error();
  // A record that is stuck is in OpenSSL's own memory: only its length is asked for again.
  auto const offered = stuck_ > 0 ? stuck_ : std::min(bytes.size(), kRecord);
  auto const* const from = stuck_ > 0 ? gathered().data() : bytes.data();
  auto const taken = SSL_write(ssl_.get(), from, static_cast<int>(offered));
  if (taken <= 0) {
    error = failed(taken);
    stuck_ = error == asio::error::would_block ? offered : 0;
    return 0;
  }
  auto const done = std::min(offered, bytes.size());
  stuck_ = 0;
  ahead_ = offered - done;
  return done;
}

std::size_t TlsLayer::write(asio::const_buffer bytes, error_code& error) {
  error = {};
  auto const gone = std::min(ahead_, bytes.size());
  ahead_ -= gone;
  auto written = gone;
  while (written < bytes.size() && !error) {
    written += write_record(bytes + written, error);
  }
  if (written > 0) {
    error = {};  // It shows again with the next call.
  }
  return written;
}

bool TlsLayer::say_goodbye() {
  if (said_goodbye_ || stuck_ > 0) {
    return true;
  }
  ERR_clear_error();
  auto const said = SSL_shutdown(ssl_.get());
  said_goodbye_ = said >= 0 || SSL_get_error(ssl_.get(), said) != SSL_ERROR_WANT_WRITE;
  ERR_clear_error();
  return said_goodbye_;
}

}  // namespace swarmward::net
