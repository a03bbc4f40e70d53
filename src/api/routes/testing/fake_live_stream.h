#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/engine.h"

namespace swarmward::api {

namespace asio = boost::asio;

/// What a test says on a stream that stays open.
struct FakeLive {
  explicit FakeLive(asio::any_io_executor executor) : changed(std::move(executor)) {
    changed.expires_at(asio::steady_timer::time_point::max());
  }
  void say(std::string const& text) {
    pending += text;
    changed.cancel();
  }
  void finish() {
    ended = true;
    changed.cancel();
  }
  void break_off() {
    broken = true;
    changed.cancel();
  }

  asio::steady_timer changed;
  std::string pending;
  bool ended = false;
  bool broken = false;
  bool closed = false;  ///< By the reader.
};

class FakeLiveStream final : public backends::ByteStream {
 public:
  explicit FakeLiveStream(std::shared_ptr<FakeLive> live) : live_(std::move(live)) {}
  asio::awaitable<Result<std::string>> read() override {
    auto const live = live_;
    while (live->pending.empty() && !live->ended && !live->broken && !live->closed) {
      co_await live->changed.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (live->broken || live->closed) {
      co_return unavailable("connection lost");
    }
    auto piece = std::exchange(live->pending, {});
    co_return piece;
  }
  void close() override {
    live_->closed = true;
    live_->changed.cancel();
  }

 private:
  std::shared_ptr<FakeLive> live_;
};

}  // namespace swarmward::api
