#pragma once

#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

struct ssl_st;

namespace swarmward::net {

namespace asio = boost::asio;

struct FreeSsl {
  void operator()(ssl_st* ssl) const;
};
using SslPtr = std::unique_ptr<ssl_st, FreeSsl>;

/// Has OpenSSL read and write the descriptor itself. Its calls never wait and raise no SIGPIPE.
void attach(ssl_st* ssl, int descriptor);

/// TLS after the handshake, on a descriptor that outlives it. Nothing here waits: where a call
/// cannot go on it says would_block, and is to be repeated when the descriptor is ready. Holds no
/// buffers while nothing is under way. One thread.
class TlsLayer {
 public:
  explicit TlsLayer(SslPtr ssl) : ssl_(std::move(ssl)) {}
  TlsLayer(TlsLayer const&) = delete;
  TlsLayer& operator=(TlsLayer const&) = delete;

  /// Errors: would_block; eof after the other side's good-bye; connection_reset.
  std::size_t read(asio::mutable_buffer into, boost::system::error_code& error);
  /// After would_block the same bytes must be offered again, be it in other pieces. Errors:
  /// would_block, connection_reset.
  std::size_t write(asio::const_buffer bytes, boost::system::error_code& error);
  /// As a read of nothing: no error if there are bytes.
  [[nodiscard]] boost::system::error_code peek();
  /// OpenSSL may hold bytes of which the descriptor no longer tells.
  [[nodiscard]] bool may_have_input() const;
  /// The end of what this side sends. False if the descriptor does not take it yet: once it does,
  /// it is to be said again. Who has given up in the middle of a record says nothing.
  [[nodiscard]] bool say_goodbye();

  /// Space for what is to be written as one record; this thread's, until the next write.
  [[nodiscard]] static asio::mutable_buffer gathering();

 private:
  boost::system::error_code failed(int result);
  std::size_t write_record(asio::const_buffer bytes, boost::system::error_code& error);

  SslPtr ssl_;
  bool starved_ = false;  ///< The last read used up all that was on the descriptor.
  bool said_goodbye_ = false;
  std::size_t stuck_ = 0;  ///< Plain bytes in the record that the descriptor did not take.
  std::size_t ahead_ = 0;  ///< Bytes that went with such a record and are yet to be offered again.
};

}  // namespace swarmward::net
