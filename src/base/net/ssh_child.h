#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/net/stream_socket.h"
#include "base/result.h"

namespace swarmward::net {

/// A program whose standard input and output are one end of a pair of sockets. It ends when the
/// other end is closed, and the other end sees the end of the stream when it has ended.
class SshChild : public std::enable_shared_from_this<SshChild> {
 public:
  struct Started {
    std::shared_ptr<SshChild> child;
    StreamSocket socket;  ///< Our end.
  };
  /// Runs `arguments`, the first of which is looked up in PATH. Errors: Unavailable.
  [[nodiscard]] static Result<Started> start(asio::any_io_executor const& executor,
                                             std::vector<std::string> arguments);
  SshChild(asio::any_io_executor const& executor, pid_t pid, int pid_file, int end, int errors);
  ~SshChild();
  SshChild(SshChild const&) = delete;
  SshChild& operator=(SshChild const&) = delete;

  /// The last line that it wrote to its standard error so far, at most 300 characters.
  [[nodiscard]] std::string last_words();
  void kill();

 private:
  void watch();
  void reap();
  void read_errors();

  pid_t pid_;  ///< 0: it has ended and was collected.
  asio::posix::stream_descriptor pid_file_;
  StreamSocket end_;  ///< The child's end, held to see when ours is closed.
  asio::posix::stream_descriptor errors_;
  std::string written_;
};

}  // namespace swarmward::net
