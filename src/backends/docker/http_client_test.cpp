#include "backends/docker/http_client.h"

#include <atomic>
#include <thread>

#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include "backends/docker/docker_engine.h"
#include "backends/testing/run_call.h"
#include "base/testing/fake_upstream.h"

namespace swarmward::backends {
namespace {

using ::testing::HasSubstr;

TEST(HttpClient, TrustsNoKeptConnectionOnceOneWentDeaf) {
  std::atomic<int> connections = 0;
  FakeUpstream upstream([&](FakeUpstream::Peer& peer) {
    bool const deaf = ++connections <= 2;
    while (!peer.read_request().empty()) {
      while (connections < 2) {
        std::this_thread::yield();  // Two at once, so that two are kept.
      }
      peer.write(answer(200, "OK"));
      if (deaf) {
        peer.read_request();
        return static_cast<void>(peer.read_request());
      }
    }
  });
  asio::io_context io;
  HttpClient client(io.get_executor(),
                    net::make_plain_dialer(*net::parse_engine_address(upstream.address())));
  HttpRequest request{"GET", "/x", "", {}, std::chrono::milliseconds(0)};
  int answered = 0;
  for (int i = 0; i < 2; ++i) {
    asio::co_spawn(io, client.request(request), [&](auto const&, auto const& response) {
      answered += response ? 1 : 0;
    });
  }
  io.run();
  ASSERT_EQ(answered, 2);
  request.timeout = std::chrono::milliseconds(50);
  EXPECT_FALSE(run(io, client.request(request)));
  EXPECT_TRUE(run(io, client.request(request)));
  EXPECT_EQ(connections, 3);
}

/// Gives the pieces one after the other; a piece "!" is an error.
BodyPieces pieces_of(std::vector<std::string> texts) {
  auto const left = std::make_shared<std::vector<std::string>>(std::move(texts));
  auto const next =
      [](std::shared_ptr<std::vector<std::string>> all) -> asio::awaitable<Result<std::string>> {
    if (all->empty()) {
      co_return std::string{};
    }
    auto piece = all->front();
    all->erase(all->begin());
    if (piece == "!") {
      co_return internal_error("no more");
    }
    co_return piece;
  };
  return [left, next] { return next(left); };
}

TEST(HttpClient, SendsABodyInPieces) {
  std::string seen;
  FakeUpstream upstream([&](FakeUpstream::Peer& peer) {
    seen = peer.read_request();
    seen += peer.read_request();  // Up to the next empty line: the chunks.
    peer.write(answer(200, "thanks"));
  });
  asio::io_context io;
  HttpClient client(io.get_executor(),
                    net::make_plain_dialer(*net::parse_engine_address(upstream.address())));
  HttpRequest request;
  request.method = "POST";
  request.target = "/images/load";
  request.content_type = "application/x-tar";
  request.pieces = pieces_of({"abc", std::string(20, 'x')});
  auto const response = run(io, client.request(std::move(request)));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "thanks");
  EXPECT_THAT(seen, HasSubstr("Content-Type: application/x-tar\r\n"));
  EXPECT_THAT(seen,
              HasSubstr("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n14\r\n" +
                        std::string(20, 'x') + "\r\n0\r\n\r\n"));
}

TEST(HttpClient, ABodyThatEndsInAnErrorIsNoRequest) {
  FakeUpstream upstream([](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.read_request();
  });
  asio::io_context io;
  HttpClient client(io.get_executor(),
                    net::make_plain_dialer(*net::parse_engine_address(upstream.address())));
  HttpRequest request;
  request.method = "POST";
  request.target = "/images/load";
  request.pieces = pieces_of({"abc", "!"});
  auto const response = run(io, client.request(std::move(request)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().message, "no more");
}

}  // namespace
}  // namespace swarmward::backends
