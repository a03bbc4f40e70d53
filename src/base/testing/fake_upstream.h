#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace swarmward {

/// A unix socket in a temporary folder; each connection is served by `session` on its own thread
/// with blocking calls, so that a test says byte by byte what the engine does.
class FakeUpstream {
 public:
  class Peer {
   public:
    explicit Peer(int fd) : fd_(fd) {}
    /// A request's head and the body of its Content-Length; empty once the client has closed.
    std::string read_request();
    /// Whatever comes until the client shuts down its side.
    std::string read_all();
    void write(std::string_view bytes) const;

   private:
    int fd_;
    std::string buffer_;
  };

  explicit FakeUpstream(std::function<void(Peer&)> session);
  ~FakeUpstream();
  FakeUpstream(FakeUpstream const&) = delete;
  FakeUpstream& operator=(FakeUpstream const&) = delete;

  [[nodiscard]] std::string address() const { return "unix://" + path_; }

 private:
  void accept_all();

  std::function<void(Peer&)> session_;
  std::string folder_;
  std::string path_;
  int listener_ = -1;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> sessions_;
  std::thread acceptor_;
};

/// An answer with a Content-Length.
[[nodiscard]] std::string answer(unsigned status,
                                 std::string_view body,
                                 std::string_view headers = "Api-Version: 1.41\r\n");

}  // namespace swarmward
