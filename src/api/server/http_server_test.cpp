#include "api/server/http_server.h"

#include <future>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/testing/fake_upstream.h"

namespace swarmward::api {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Owns /own (answers with the body it got), /stream (until the client goes) and /silent.
class Handler final : public RequestHandler {
 public:
  bool owns(std::string_view /*method*/,
            std::string_view path,
            ApiVersion /*version*/,
            std::string_view /*query*/) const override {
    return path == "/own" || path == "/stream" || path == "/silent";
  }
  asio::awaitable<void> handle(Request request, Responder& responder) override {
    Response response;
    if (request.path == "/silent") {
      co_return;
    }
    if (request.path == "/stream") {
      co_await responder.begin(response);
      co_await responder.write("tick\n");
      using namespace asio::experimental::awaitable_operators;
      asio::steady_timer never(co_await asio::this_coro::executor);
      never.expires_at(asio::steady_timer::time_point::max());
      co_await (responder.wait_client_gone() || never.async_wait(asio::use_awaitable));
      gone.set_value(responder.client_gone());
      co_return;
    }
    response.body = "own:" + request.body;
    co_await responder.send(std::move(response));
  }
  std::promise<bool> gone;
};

/// A blocking client.
class Client {
 public:
  explicit Client(std::string const& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval const limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Client() { ::close(fd_); }
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;

  void write(std::string_view bytes) const {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void half_close() const { ::shutdown(fd_, SHUT_WR); }
  /// Up to and with `end`; all of it if the connection ends first.
  std::string read_until(std::string_view end) {
    for (;;) {
      auto const at = buffer_.find(end);
      if (at != std::string::npos) {
        auto text = buffer_.substr(0, at + end.size());
        buffer_.erase(0, at + end.size());
        return text;
      }
      char bytes[4096];
      auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got <= 0) {
        return std::move(buffer_);
      }
      buffer_.append(bytes, static_cast<std::size_t>(got));
    }
  }
  std::string read_all() { return read_until("\x01 never sent \x01"); }

 private:
  int fd_;
  std::string buffer_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void serve(std::function<void(FakeUpstream::Peer&)> engine) {
    upstream_ = std::make_unique<FakeUpstream>(std::move(engine));
    FrontOptions options;
    options.engine = net::make_plain_dialer(*net::parse_engine_address(upstream_->address()));
    options.engine_facts = [] { return EngineFacts{}; };
    options.swarm_header = [] { return std::string("active/manager"); };
    server_ = std::make_unique<HttpServer>(io_.get_executor(), options, handler_);
    path_ = upstream_->address().substr(7) + ".front";
    ASSERT_TRUE(server_->listen_unix(path_));
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    asio::post(io_, [this] { server_.reset(); });
    thread_.join();  // Ends once every session has ended.
  }
  Handler handler_;
  asio::io_context io_{1};
  std::unique_ptr<FakeUpstream> upstream_;
  std::unique_ptr<HttpServer> server_;
  std::string path_;
  std::thread thread_;
};

void echo_requests(FakeUpstream::Peer& peer) {
  for (auto request = peer.read_request(); !request.empty(); request = peer.read_request()) {
    peer.write(answer(200, "[" + request + "]"));
  }
}

TEST_F(HttpServerTest, RelaysByteForByteAndClampsTheVersion) {
  serve(echo_requests);
  Client client(path_);
  client.write("GET /v1.44/a%2Fb?x HTTP/1.1\r\nhOst: h\r\nA: 1\r\nB: 2\r\nA:  3\r\n\r\n");
  auto const text = client.read_until("]");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 X\r\nApi-Version: 1.44\r\nContent-Length: "));
  EXPECT_THAT(
      text, EndsWith("[GET /v1.41/a%2Fb?x HTTP/1.1\r\nhOst: h\r\nA: 1\r\nB: 2\r\nA:  3\r\n\r\n]"));
}

TEST_F(HttpServerTest, PipelinedAnswersKeepTheirOrder) {
  serve(echo_requests);
  Client client(path_);
  client.write(
      "GET /v1.41/one HTTP/1.1\r\n\r\nPOST /own HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nhi\r\n0\r\n\r\nGET /v1.41/two HTTP/1.1\r\n\r\nGET /own HTTP/1.1\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_THAT(client.read_until("]"), HasSubstr("/one"));
  EXPECT_THAT(client.read_until("own:hi\n"), HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(client.read_until("]"), HasSubstr("/two"));
  EXPECT_THAT(client.read_all(), EndsWith("own:\n"));
}

TEST_F(HttpServerTest, PingIsTheEnginesWithOurHeaders) {
  serve(echo_requests);
  Client client(path_);
  client.write("HEAD /_ping HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Swarm: active/manager\r\n"));
}

TEST_F(HttpServerTest, HijacksAndForwardsHalfCloses) {
  serve([](FakeUpstream::Peer& peer) {
    auto const upgrade = peer.read_request().find("Upgrade") != std::string::npos;
    peer.write(upgrade ? "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n"
                       : "HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n");
    peer.write("hello");
    auto const input = peer.read_all();
    peer.write("got " + input);
  });
  for (auto const* header : {"Upgrade: tcp\r\n", ""}) {
    Client client(path_);
    client.write(std::string("POST /v1.41/containers/c/attach HTTP/1.1\r\n") + header +
                 "Content-Length: 0\r\n\r\nearly ");
    client.read_until("hello");
    client.write("late");
    client.half_close();
    EXPECT_EQ(client.read_all(), "got early late");
  }
}

TEST_F(HttpServerTest, ARefusedAttachIsAnOrdinaryAnswer) {
  serve([](FakeUpstream::Peer& peer) {
    while (!peer.read_request().empty()) {
      peer.write(answer(409, "no"));
    }
  });
  Client client(path_);
  for (int round = 0; round < 2; ++round) {
    client.write("POST /exec/e/start HTTP/1.1\r\nUpgrade: tcp\r\n\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\nno"), StartsWith("HTTP/1.1 409"));
  }
}

TEST_F(HttpServerTest, ChunksGoThroughUnchangedBothWays) {
  std::string const chunked = "3;e=1\r\nabc\r\n0\r\nT: x\r\n\r\n";
  serve([chunked](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 100 Continue\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked);
    EXPECT_EQ(peer.read_all(), chunked);
  });
  Client client(path_);
  client.write("POST /v1.41/build HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(client.read_until("T: x\r\n\r\n"), EndsWith("\r\n\r\n" + chunked));
  client.write(chunked);
  client.half_close();
  client.read_all();
}

TEST_F(HttpServerTest, AnEarlyAnswerReachesAClientThatStillSends) {
  serve([](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 500 E\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfail");
  });
  Client client(path_);
  client.write("POST /v1.41/images/load HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  EXPECT_THAT(client.read_all(), EndsWith("fail"));
}

TEST_F(HttpServerTest, TheHandlerSeesTheClientGo) {
  serve(echo_requests);
  {
    Client client(path_);
    client.write("GET /stream HTTP/1.1\r\n\r\n");
    EXPECT_THAT(client.read_until("tick\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  }
  auto gone = handler_.gone.get_future();
  ASSERT_EQ(gone.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_TRUE(gone.get());
}

TEST_F(HttpServerTest, RefusesWhatItCannotServe) {
  serve(echo_requests);
  auto const reply = [this](std::string const& text) {
    Client client(path_);
    client.write(text);
    client.half_close();
    return client.read_all();
  };
  EXPECT_THAT(reply("GARBAGE\r\n\r\n"), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(reply("GET /own HTTP/1.1\r\nA: " + std::string(60000, 'x') + "\r\n\r\n"),
              EndsWith("own:\n"));
  EXPECT_THAT(reply("GET /own HTTP/1.1\r\nA: " + std::string(600000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(reply("GET /own?a=" + std::string(600000, 'x') + " HTTP/1.1\r\n\r\n"),
              EndsWith("own:\n"));
  EXPECT_THAT(reply("POST /own HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(reply("GET /silent HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(reply("GET /v1.99/x HTTP/1.1\r\n\r\n"), HasSubstr("client version 1.99 is too new"));
  EXPECT_THAT(reply("OPTIONS * HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(reply("GET //x HTTP/1.1\r\n\r\n"), HasSubstr("301 Moved Permanently"));
}

TEST_F(HttpServerTest, SurvivesAnEngineThatClosesBetweenRequests) {
  serve([](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "once]"));
  });
  for (int round = 0; round < 2; ++round) {
    Client client(path_);
    client.write("GET /x HTTP/1.1\r\n\r\n");
    EXPECT_THAT(client.read_until("]"), EndsWith("once]"));
  }
}

TEST_F(HttpServerTest, SocketIsGuardedAndReplacedWhenStale) {
  serve(echo_requests);
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0660U);
  asio::io_context other_io;
  HttpServer other(other_io.get_executor(), FrontOptions{}, handler_);
  auto const taken = other.listen_unix(path_);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::Conflict);
  EXPECT_THAT(taken.error().message, EndsWith("another process is listening on it"));
  auto const stale = path_ + ".stale";
  {
    HttpServer first(other_io.get_executor(), FrontOptions{}, handler_);
    ASSERT_TRUE(first.listen_unix(stale));
  }
  EXPECT_TRUE(other.listen_unix(stale));
  EXPECT_EQ(other.listen_unix("/nonexistent/x").error().code, ErrorCode::InvalidArgument);
  auto const port = other.listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(port);
  EXPECT_EQ(other.listen_tcp("127.0.0.1:" + std::to_string(*port)).error().code,
            ErrorCode::Conflict);
}

}  // namespace
}  // namespace swarmward::api
