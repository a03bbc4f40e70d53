#include "backends/docker/http_client.h"

#include <atomic>
#include <deque>
#include <thread>

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
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

/// Asks again and again, each time when the answer before has come.
class Asking : public ::testing::Test {
 protected:
  void serve(std::function<void(FakeUpstream::Peer&)> session) {
    upstream_ = std::make_unique<FakeUpstream>([this, session](FakeUpstream::Peer& peer) {
      ++connections_;
      session(peer);
    });
    client_ = std::make_unique<HttpClient>(
        io_.get_executor(),
        net::make_plain_dialer(*net::parse_engine_address(upstream_->address())));
    request_->target = "/_ping";
  }
  /// The answer's body, or the error.
  std::string ask() {
    std::optional<std::string> heard;
    client_->ask(request_, [&](Result<HttpResponse> const& response) {
      heard = response ? response->body : response.error().message;
    });
    EXPECT_FALSE(heard) << "not from inside the call";
    io_.restart();
    while (!heard && io_.run_one() > 0) {
    }
    return heard.value_or("nothing");
  }

  std::atomic<int> connections_ = 0;
  asio::io_context io_;
  std::shared_ptr<HttpRequest> request_ = std::make_shared<HttpRequest>();
  std::unique_ptr<FakeUpstream> upstream_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(Asking, KeepsItsConnection) {
  serve([](FakeUpstream::Peer& peer) {
    for (int i = 1; !peer.read_request().empty(); ++i) {
      peer.write(answer(200, std::to_string(i)));
    }
  });
  EXPECT_EQ(ask(), "1");
  EXPECT_EQ(ask(), "2");
  EXPECT_EQ(ask(), "3");
  EXPECT_EQ(connections_, 1);
}

TEST_F(Asking, TakesAnswersThatAreNotPlain) {
  serve([](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "plain"));
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nchunked\r\n0\r\n\r\n");
    peer.read_request();
  });
  EXPECT_EQ(ask(), "plain");
  EXPECT_EQ(ask(), "chunked");
  EXPECT_EQ(connections_, 1);
}

TEST_F(Asking, TakesAnswersThatComeInPieces) {
  std::atomic<bool> half = false;
  std::atomic<bool> seen = false;
  serve([&](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "OK"));
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nin ");
    half = true;
    while (!seen) {
      std::this_thread::yield();
    }
    peer.write("two");
    peer.read_request();
  });
  EXPECT_EQ(ask(), "OK");
  std::string heard;
  client_->ask(request_, [&](Result<HttpResponse> const& response) { heard = response->body; });
  while (!half) {
    std::this_thread::yield();
  }
  io_.restart();
  io_.poll();  // Half of it has come.
  EXPECT_EQ(heard, "");
  seen = true;
  while (heard.empty() && io_.run_one() > 0) {
  }
  EXPECT_EQ(heard, "in two");
  EXPECT_EQ(connections_, 1);
}

TEST_F(Asking, AsksAgainWhereAKeptConnectionIsClosed) {
  serve([this](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "OK"));
    if (connections_ == 1) {
      peer.write(answer(408, "too slow", "Connection: close\r\n"));  // Before anything was asked.
      return;
    }
    peer.read_request();  // Closes then.
  });
  EXPECT_EQ(ask(), "OK");
  EXPECT_EQ(ask(), "OK");
  EXPECT_EQ(ask(), "OK");
  EXPECT_EQ(connections_, 3);
}

TEST_F(Asking, DoesNotWaitLongerThanItMay) {
  serve([](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "OK"));
    peer.read_request();
    peer.read_request();
  });
  EXPECT_EQ(ask(), "OK");
  request_->timeout = std::chrono::milliseconds(20);
  EXPECT_THAT(ask(), HasSubstr("no answer within 1 s"));
  EXPECT_EQ(connections_, 1);
}

/// More sockets with something to read than the loop looks at in one turn.
class Crowd {
 public:
  explicit Crowd(asio::io_context& io) {
    for (int i = 0; i < 300; ++i) {
      auto& here = sockets_.emplace_back(io);
      auto& there = sockets_.emplace_back(io);
      asio::local::connect_pair(here, there);
      there.write_some(asio::buffer("x", 1));
      here.async_wait(Socket::wait_read, [](auto const&) {});
    }
  }

 private:
  using Socket = asio::local::stream_protocol::socket;
  std::deque<Socket> sockets_;
};

TEST_F(Asking, TakesAnAnswerThatCameInTimeHoweverLateItIsRead) {
  std::atomic<bool> answered = false;
  std::atomic<bool> is_late = false;
  serve([&](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "OK"));
    peer.read_request();
    while (!is_late) {
      std::this_thread::yield();
    }
    peer.write(answer(200, "here"));
    answered = true;
    peer.read_request();
    peer.read_request();
  });
  EXPECT_EQ(ask(), "OK");
  request_->timeout = std::chrono::milliseconds(20);
  std::string heard;
  auto const take = [&](Result<HttpResponse> const& response) {
    heard = response ? response->body : response.error().message;
  };
  client_->ask(request_, take);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));  // The loop stands still.
  Crowd const crowd(io_);  // The timer is before it in the line, the answer behind it.
  is_late = true;
  while (!answered) {
    std::this_thread::yield();
  }
  io_.restart();
  while (heard.empty() && io_.run_one() > 0) {
  }
  EXPECT_EQ(heard, "here");
  EXPECT_EQ(connections_, 1);
  EXPECT_THAT(ask(), HasSubstr("no answer within 1 s"));
}

TEST(HttpClient, ErrorsSayWhoWasAsked) {
  asio::io_context io;
  auto const nobody = net::parse_engine_address("unix:///nonexistent").value();
  HttpClient engine(io.get_executor(), net::make_plain_dialer(nobody));
  HttpClient manager(io.get_executor(), net::make_plain_dialer(nobody), nullptr, "the manager");
  EXPECT_THAT(run(io, engine.request({})).error().message,
              HasSubstr("cannot reach the engine at unix:///nonexistent: "));
  EXPECT_THAT(run(io, manager.request({})).error().message,
              HasSubstr("cannot reach the manager at unix:///nonexistent: "));
}

}  // namespace
}  // namespace swarmward::backends
