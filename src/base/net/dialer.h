#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/net/engine_address.h"
#include "base/net/stream_socket.h"
#include "base/result.h"

namespace swarmward::net {

/// Opens connections to one place. May be used by several threads at once.
class Dialer {
 public:
  virtual ~Dialer() = default;
  /// A new connection, ready for bytes. What needs a login (ssh) may take longer than `timeout`.
  /// Errors: Unavailable, in words that follow "cannot reach X: ".
  [[nodiscard]] virtual asio::awaitable<Result<StreamSocket>> dial(
      asio::any_io_executor executor, std::chrono::milliseconds timeout) const = 0;
  /// The place, for messages: "unix:///var/run/docker.sock".
  [[nodiscard]] virtual std::string where() const = 0;
};

using DialerPtr = std::shared_ptr<Dialer const>;

/// Unix sockets and TCP without encryption.
[[nodiscard]] DialerPtr make_plain_dialer(EngineAddress address);

}  // namespace swarmward::net
