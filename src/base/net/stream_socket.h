#pragma once

#include <memory>
#include <utility>

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include "base/net/tls_layer.h"

namespace swarmward::net {

namespace asio = boost::asio;

/// One end of a connection, whatever it runs over: a unix socket, TCP, TLS on either, or one end of
/// a pair behind which a helper program carries the bytes on. Used as Asio's sockets are. Bytes
/// that could not be written must be offered again before any others. Where TLS is cut off without
/// a good-bye, reading fails with connection_reset: what was sent may be incomplete.
class StreamSocket : private asio::generic::stream_protocol::socket {
  using Base = asio::generic::stream_protocol::socket;
  using error_code = boost::system::error_code;

 public:
  using Base::Base;
  StreamSocket(StreamSocket&&) = default;
  StreamSocket& operator=(StreamSocket&& other) noexcept;
  ~StreamSocket() { leave_tls(); }
  StreamSocket(StreamSocket const&) = delete;
  StreamSocket& operator=(StreamSocket const&) = delete;

  using Base::async_connect;
  using Base::cancel;
  using Base::get_executor;
  using Base::is_open;
  using Base::native_handle;
  using Base::non_blocking;
  using Base::set_option;
  using Base::shutdown_both;
  using Base::shutdown_receive;
  using Base::shutdown_send;
  using Base::wait_error;
  using Base::wait_read;
  using Base::wait_write;
  using typename Base::executor_type;
  using typename Base::wait_type;

  /// From now on the bytes are what TLS makes of those on the wire. `ssl` has shaken hands over
  /// this very socket.
  void speak_tls(SslPtr ssl);

  /// With TLS the other side is told, if it takes it within two seconds.
  void close(error_code& error);
  void close();
  /// With TLS the end of what this side sends is said, and the wire stays as it is.
  void shutdown(Base::shutdown_type what, error_code& error);
  void shutdown(Base::shutdown_type what);

  /// What a read would find, without taking it: would_block if nothing has come, eof or another
  /// error at the end, none if there are bytes. Never waits.
  [[nodiscard]] error_code peek();

  /// With TLS these never wait, whether or not the socket is set so.
  template <class Buffers>
  std::size_t read_some(Buffers const& into, error_code& error) {
    if (!tls_) {
      return Base::read_some(into, error);
    }
    auto const at = asio::buffer_sequence_begin(into);
    return at == asio::buffer_sequence_end(into) ? 0 : tls_->read(asio::mutable_buffer(*at), error);
  }
  template <class Buffers>
  std::size_t write_some(Buffers const& bytes, error_code& error) {
    return tls_ ? write_tls(bytes, error) : Base::write_some(bytes, error);
  }

  /// Ready for reading means that it is worth a try.
  template <class Token>
  auto async_wait(wait_type what, Token&& token) {
    if (!tls_) {
      return Base::async_wait(what, std::forward<Token>(token));
    }
    return asio::async_compose<Token, void(error_code)>(Wait{this, what}, token, *this);
  }
  template <class Buffers, class Token>
  auto async_read_some(Buffers const& into, Token&& token) {
    if (!tls_) {
      return Base::async_read_some(into, std::forward<Token>(token));
    }
    return asio::async_compose<Token, void(error_code, std::size_t)>(
        Read<Buffers>{this, into}, token, *this);
  }
  template <class Buffers, class Token>
  auto async_write_some(Buffers const& bytes, Token&& token) {
    if (!tls_) {
      return Base::async_write_some(bytes, std::forward<Token>(token));
    }
    return asio::async_compose<Token, void(error_code, std::size_t)>(
        Write<Buffers>{this, bytes}, token, *this);
  }

 private:
  /// Short pieces, such as a head and its body, become one record.
  template <class Buffers>
  std::size_t write_tls(Buffers const& bytes, error_code& error) {
    auto const first = asio::buffer_sequence_begin(bytes);
    auto const end = asio::buffer_sequence_end(bytes);
    if (first == end) {
      return 0;
    }
    if (std::next(first) == end) {
      return tls_->write(asio::const_buffer(*first), error);
    }
    auto const together = TlsLayer::gathering();
    return tls_->write(asio::buffer(together, asio::buffer_copy(together, bytes)), error);
  }

  /// The operations below run until the first try that has an outcome. None that has waited
  /// touches the socket after an error: it may be gone.
  struct Wait {
    StreamSocket* socket;
    wait_type what;
    bool begun = false;
    template <class Self>
    void operator()(Self& self, error_code error = {}) {
      if (std::exchange(begun, true)) {
        self.complete(error);
      } else if (what == wait_read && socket->tls_->may_have_input()) {
        asio::post(socket->get_executor(), std::move(self));
      } else {
        socket->wait_on_wire(what, std::move(self));
      }
    }
  };
  /// One try, and others once the wire is ready; `Derived` has socket, attempt() and kFor.
  template <class Derived>
  struct Attempts {
    error_code outcome{};
    std::size_t count = 0;
    enum class Stage { First, Waited, Posted } stage = Stage::First;
    template <class Self>
    void operator()(Self& self, error_code error = {}) {
      auto& op = static_cast<Derived&>(*this);
      if (stage == Stage::Posted || error) {
        self.complete(error ? error : outcome, count);
        return;
      }
      count = op.attempt(outcome);
      if (outcome == asio::error::would_block) {
        stage = Stage::Waited;
        op.socket->wait_on_wire(Derived::kFor, std::move(self));
      } else if (std::exchange(stage, Stage::Posted) == Stage::First) {
        asio::post(op.socket->get_executor(), std::move(self));
      } else {
        self.complete(outcome, count);
      }
    }
  };
  template <class Buffers>
  struct Read : Attempts<Read<Buffers>> {
    static constexpr auto kFor = wait_read;
    Read(StreamSocket* on, Buffers const& buffers) : socket(on), into(buffers) {}
    std::size_t attempt(error_code& error) { return socket->read_some(into, error); }
    StreamSocket* socket;
    Buffers into;
  };
  template <class Buffers>
  struct Write : Attempts<Write<Buffers>> {
    static constexpr auto kFor = wait_write;
    Write(StreamSocket* on, Buffers const& buffers) : socket(on), bytes(buffers) {}
    std::size_t attempt(error_code& error) { return socket->write_some(bytes, error); }
    StreamSocket* socket;
    Buffers bytes;
  };
  template <class Handler>
  void wait_on_wire(wait_type what, Handler&& handler) {
    Base::async_wait(what, std::forward<Handler>(handler));
  }

  void leave_tls();
  void end_output();

  std::shared_ptr<TlsLayer> tls_;  ///< Null: plain. Gone before the descriptor is.
};

}  // namespace swarmward::net
