#pragma once

#include <boost/asio/steady_timer.hpp>

#include "api/server/http_message.h"
#include "app/engine_directory.h"

namespace swarmward::app {

/// What the API's versions depend on: this host's engine, asked at start and from time to time, as
/// it may be upgraded while the daemon runs. Io thread only.
class LocalFacts {
 public:
  LocalFacts(boost::asio::any_io_executor executor, EngineDirectory const& engines)
      : engines_(engines), timer_(std::move(executor)) {}

  /// Asks once. Errors: those of the engine; what was known stays.
  boost::asio::awaitable<Result<void>> refresh();
  /// Asks again and again until stop().
  boost::asio::awaitable<void> keep_fresh();
  void stop();

  [[nodiscard]] api::EngineFacts const& get() const { return facts_; }

 private:
  EngineDirectory const& engines_;
  boost::asio::steady_timer timer_;
  api::EngineFacts facts_;
  bool stopping_ = false;
};

}  // namespace swarmward::app
