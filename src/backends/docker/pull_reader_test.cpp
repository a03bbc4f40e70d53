#include "backends/docker/pull_reader.h"

#include <deque>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace swarmward::backends {
namespace {

/// Gives its pieces, then hangs until it is closed, or ends if it is told so.
class FakeProgress final : public ByteStream {
 public:
  FakeProgress(asio::any_io_executor executor, std::deque<std::string> pieces)
      : pieces_(std::move(pieces)), hang_(executor, asio::steady_timer::time_point::max()) {}

  asio::awaitable<Result<std::string>> read() override {
    if (!pieces_.empty()) {
      auto piece = std::move(pieces_.front());
      pieces_.pop_front();
      co_return piece;
    }
    co_await hang_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return unavailable("closed");
  }
  void close() override { hang_.cancel(); }

 private:
  std::deque<std::string> pieces_;
  asio::steady_timer hang_;
};

std::string outcome(std::deque<std::string> pieces, std::chrono::milliseconds limit) {
  asio::io_context io;
  auto body = std::make_unique<FakeProgress>(io.get_executor(), std::move(pieces));
  std::string text = "never ended";
  auto const until = std::chrono::steady_clock::now() + limit;
  asio::co_spawn(io,
                 read_pull(io.get_executor(), std::move(body), "alpine:latest", until),
                 [&](std::exception_ptr const&, Result<void> const& result) {
                   text = result ? "pulled" : result.error().message;
                 });
  io.run();
  return text;
}

constexpr std::chrono::minutes kLong{1};

TEST(ReadPull, TheLastLineNeedsNoEnd) {
  EXPECT_EQ(outcome({"{\"status\":\"a\"}\n", ""}, kLong), "pulled");
  EXPECT_EQ(
      outcome({"{\"errorDetail\":{\"message\":\"den", "ied\"},\"error\":\"denied\"}", ""}, kLong),
      "denied");
}

TEST(ReadPull, GivesUpWhenItTakesTooLong) {
  EXPECT_EQ(outcome({"{\"status\":\"a\"}\n"}, std::chrono::milliseconds(1)),
            "pulling alpine:latest took longer than 1 min");
}

}  // namespace
}  // namespace swarmward::backends
