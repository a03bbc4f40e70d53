#include "base/net/stream_socket.h"

#include <cerrno>
#include <chrono>

#include <boost/asio/steady_timer.hpp>
#include <sys/socket.h>

namespace swarmward::net {

namespace {

using boost::system::error_code;
/// How long a descriptor that is full is waited for with the good-bye.
constexpr std::chrono::seconds kFarewellWait{2};

}  // namespace

StreamSocket& StreamSocket::operator=(StreamSocket&& other) noexcept {
  leave_tls();
  Base::operator=(std::move(other));
  tls_ = std::move(other.tls_);
  return *this;
}

void StreamSocket::speak_tls(SslPtr ssl) {
  tls_ = std::make_shared<TlsLayer>(std::move(ssl));
}

/// While the descriptor is open. If it is full, it stays so a little longer than this object.
void StreamSocket::leave_tls() {
  auto const tls = std::exchange(tls_, nullptr);
  if (!tls || tls->say_goodbye()) {
    return;
  }
  error_code ignored;
  Base::cancel(ignored);
  auto const wire = std::make_shared<Base>(std::move(static_cast<Base&>(*this)));
  auto const timer = std::make_shared<asio::steady_timer>(wire->get_executor(), kFarewellWait);
  wire->async_wait(wait_write, [wire, timer, tls](error_code const& error) {
    timer->cancel();
    if (!error) {
      static_cast<void>(tls->say_goodbye());
    }
  });
  timer->async_wait([weak = std::weak_ptr(wire)](error_code error) {
    if (auto const held = weak.lock(); held && !error) {
      held->close(error);
    }
  });
}

void StreamSocket::end_output() {
  if (!tls_->say_goodbye()) {
    Base::async_wait(wait_write, [weak = std::weak_ptr(tls_)](error_code const& error) {
      if (auto const tls = weak.lock(); tls && !error) {
        static_cast<void>(tls->say_goodbye());
      }
    });
  }
}

void StreamSocket::close(error_code& error) {
  leave_tls();
  Base::close(error);
}

void StreamSocket::close() {
  leave_tls();
  Base::close();
}

void StreamSocket::shutdown(Base::shutdown_type what, error_code& error) {
  error = {};
  if (!tls_) {
    Base::shutdown(what, error);
  } else if (what != shutdown_receive) {
    end_output();
  }
}

void StreamSocket::shutdown(Base::shutdown_type what) {
  error_code error;
  shutdown(what, error);
  if (error) {
    throw boost::system::system_error(error, "shutdown");
  }
}

boost::system::error_code StreamSocket::peek() {
  if (tls_) {
    return tls_->peek();
  }
  char byte = 0;
  auto const seen = ::recv(native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (seen > 0) {
    return {};
  }
  return seen == 0 ? error_code(asio::error::eof)
                   : error_code(errno, boost::system::system_category());
}

}  // namespace swarmward::net
