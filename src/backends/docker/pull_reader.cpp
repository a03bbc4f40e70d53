#include "backends/docker/pull_reader.h"

#include <boost/asio/steady_timer.hpp>

#include "backends/docker/engine_documents.h"
#include "backends/docker/line_splitter.h"
#include "backends/runner/done.h"

namespace swarmward::backends {

namespace {

/// Shared with the timer, whose handler may run after the reading ended.
struct Watch {
  std::unique_ptr<ByteStream> body;
  bool ended = false;
  bool too_late = false;
};

}  // namespace

asio::awaitable<Result<void>> read_pull(asio::any_io_executor executor,
                                        std::unique_ptr<ByteStream> body,
                                        std::string reference,
                                        std::chrono::steady_clock::time_point until) {
  auto const started = std::chrono::steady_clock::now();
  auto const watch = std::make_shared<Watch>();
  watch->body = std::move(body);
  asio::steady_timer timer(executor, until);
  timer.async_wait([watch](boost::system::error_code const& error) {
    if (!error && !watch->ended) {
      watch->too_late = true;
      watch->body->close();
    }
  });
  LineSplitter lines;
  std::string failure;
  for (bool more = true; more;) {
    auto piece = co_await watch->body->read();
    if (!piece) {
      watch->ended = true;
      auto const limit = std::chrono::ceil<std::chrono::minutes>(until - started);
      if (watch->too_late) {
        co_return pull_too_slow(reference, limit);
      }
      co_return piece.error();
    }
    more = !piece->empty();
    lines.add(more ? *piece : "\n");
    while (auto line = lines.next()) {
      auto const error = pull_error(*line);
      failure = error.empty() ? failure : error;
    }
  }
  watch->ended = true;
  if (!failure.empty()) {
    co_return internal_error(failure);
  }
  co_return kDone;
}

Error pull_too_slow(std::string const& reference, std::chrono::minutes limit) {
  return internal_error("pulling " + reference + " took longer than " +
                        std::to_string(limit.count()) + " min");
}

}  // namespace swarmward::backends
