#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "mesh/plugin/answer.h"

namespace swarmward::mesh {

/// Serves the plugin's protocol on a unix socket, on threads of its own.
class SocketServer {
 public:
  /// Gets path and body of a request; called on several threads at once.
  using Answer = std::function<PluginReply(std::string const&, std::string const&)>;

  SocketServer(std::filesystem::path socket, Answer answer);
  ~SocketServer();
  SocketServer(SocketServer const&) = delete;
  SocketServer& operator=(SocketServer const&) = delete;

  /// Makes the folder and the socket. A socket file that nobody listens on, as after a crash, is
  /// taken over: left alone it would make the engine wait for minutes. Errors: Conflict where
  /// another process serves it; Unavailable.
  [[nodiscard]] Result<void> start();

  /// Lets running requests end and removes the socket file. May be called twice.
  void stop();

 private:
  class Http;

  std::filesystem::path socket_;
  Answer answer_;
  std::unique_ptr<Http> http_;
};

}  // namespace swarmward::mesh
