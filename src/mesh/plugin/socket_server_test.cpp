#include "mesh/plugin/socket_server.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace swarmward::mesh {
namespace {

namespace fs = std::filesystem;

class SocketServerTest : public ::testing::Test {
 protected:
  ~SocketServerTest() override { fs::remove_all(folder_); }

  [[nodiscard]] sockaddr_un address() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    return address;
  }

  /// Sends the bytes and returns all that comes until the other side closes.
  [[nodiscard]] std::string exchange(std::string const& bytes) const {
    int const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const to = address();
    std::string answer;
    if (connect(fd, reinterpret_cast<sockaddr const*>(&to), sizeof to) == 0 &&
        send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
      std::string piece(4096, '\0');
      for (ssize_t got = 0; (got = recv(fd, piece.data(), piece.size(), 0)) > 0;) {
        answer.append(piece, 0, static_cast<std::size_t>(got));
      }
    }
    close(fd);
    return answer;
  }

  /// Leaves a socket file that nobody listens on, as a process that was killed does.
  void leave_stale() const {
    fs::create_directories(folder_);
    int const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const own = address();
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr const*>(&own), sizeof own), 0);
    close(fd);
  }

  static SocketServer::Answer echo() {
    return [](std::string const& path, std::string const& body) {
      return PluginReply{.status = 200, .body = path + "|" + body};
    };
  }

  fs::path const folder_ =
      fs::path(::testing::TempDir()) / ("plugins-" + std::to_string(::getpid()));
  fs::path const path_ = folder_ / "mesh.sock";
};

TEST_F(SocketServerTest, AnswersAndLeavesNoSocketBehind) {
  SocketServer server(path_, echo());
  ASSERT_TRUE(server.start());
  EXPECT_EQ(fs::status(folder_).permissions(), fs::perms(0755));
  auto const answer = exchange("POST /A.B HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_NE(answer.find("200"), std::string::npos);
  EXPECT_NE(answer.find("Content-Length: 7"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("/A.B|{}")) << answer;
  server.stop();
  EXPECT_FALSE(fs::exists(path_));
  server.stop();
}

TEST_F(SocketServerTest, TakesBodiesInChunks) {
  SocketServer server(path_, echo());
  ASSERT_TRUE(server.start());
  auto const answer = exchange(
      "POST /A HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("/A|{}")) << answer;
}

TEST_F(SocketServerTest, RefusesWhatIsTooLarge) {
  SocketServer server(path_, echo());
  ASSERT_TRUE(server.start());
  auto const length = kMaxRequestBytes + 1;
  auto const answer =
      exchange("POST /A HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) +
               "\r\n\r\n" + std::string(length, ' '));
  EXPECT_NE(answer.find("413"), std::string::npos) << answer;
}

TEST_F(SocketServerTest, TakesAStaleSocketOver) {
  leave_stale();
  SocketServer server(path_, echo());
  auto const started = server.start();
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_TRUE(exchange("POST /A HTTP/1.1\r\nContent-Length: 0\r\n\r\n").ends_with("/A|"));
}

TEST_F(SocketServerTest, LeavesALivingOneAlone) {
  SocketServer first(path_, echo());
  ASSERT_TRUE(first.start());
  SocketServer second(path_, echo());
  EXPECT_EQ(second.start().error().code, ErrorCode::Conflict);
  EXPECT_TRUE(exchange("POST /A HTTP/1.1\r\nContent-Length: 0\r\n\r\n").ends_with("/A|"));
}

TEST_F(SocketServerTest, LeavesAFileOfSomebodyElseAlone) {
  fs::create_directories(folder_);
  std::ofstream(path_) << "mine";
  SocketServer server(path_, echo());
  EXPECT_EQ(server.start().error().code, ErrorCode::Conflict);
  EXPECT_TRUE(fs::is_regular_file(path_));
}

}  // namespace
}  // namespace swarmward::mesh
