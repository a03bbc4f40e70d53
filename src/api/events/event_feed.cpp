#include "api/events/event_feed.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/net/as_result.h"

namespace swarmward::api {

namespace {

/// The engine waits while this much is not yet taken by the client.
constexpr std::size_t kEventBufferLimit = std::size_t{1} << 18U;
/// The swarm waits for nobody: a client this far behind loses the stream, and sees it.
constexpr std::size_t kTooFarBehind = std::size_t{1} << 22U;
/// No event is near it; a stream without line ends must not fill the memory.
constexpr std::size_t kLongestLine = std::size_t{1} << 22U;

}  // namespace

EventFeed::EventFeed(asio::any_io_executor executor, EventRequest request)
    : executor_(std::move(executor)),
      request_(std::move(request)),
      output_(executor_),
      room_(executor_, std::chrono::steady_clock::time_point::max()) {}

void EventFeed::listen(EventLog& log) {
  auto const tasks = wants_tasks(request_.filters) ? EventLog::Tasks::Yes : EventLog::Tasks::No;
  // The handle is ours, so the log forgets us before we go.
  listening_ = log.listen(
      [this](EventPtr const& event) {
        if (passes(request_.filters, *event)) {
          add(framed(request_.format, render_event(*event)));
        }
      },
      tasks);
}

void EventFeed::give_up() {
  if (--reading_ == 0) {
    finish(End::Complete);
  }
}

void EventFeed::read(std::unique_ptr<backends::ByteStream> engine, Teller teller) {
  Stream stream = std::move(engine);
  if (stopped_) {
    stream->close();
    return;
  }
  engines_.push_back(stream);
  auto pumping = pump(std::move(stream), teller);
  asio::co_spawn(executor_, std::move(pumping), asio::detached);
}

asio::awaitable<void> EventFeed::pump(Stream engine, Teller teller) {
  auto const self = shared_from_this();
  auto end = teller == Teller::Own ? End::Broken : End::Complete;
  std::string partial;  // The beginning of a line.
  while (!stopped_ && partial.size() < kLongestLine) {
    auto const bytes = co_await engine->read();
    if (!bytes) {
      break;
    }
    if (bytes->empty()) {
      end = End::Complete;
      break;
    }
    append(partial, *bytes);
    while (buffer_.size() > kEventBufferLimit && !stopped_) {
      co_await room_.async_wait(net::kAsResult);
    }
  }
  if (end == End::Broken) {
    finish(end);
  }
  give_up();
}

void EventFeed::append(std::string& partial, std::string_view bytes) {
  partial.append(bytes);
  std::size_t start = 0;
  for (auto end = partial.find('\n'); end != std::string::npos; end = partial.find('\n', start)) {
    auto line = partial.substr(start, end - start);
    start = end + 1;
    if (!line.empty()) {
      add(engine_line(request_.format, std::move(line)));
    }
  }
  partial.erase(0, start);
}

void EventFeed::add(std::string_view record) {
  if (end_ != End::No) {
    return;
  }
  buffer_.append(record);
  output_.cancel();
  if (buffer_.size() > kTooFarBehind) {
    finish(End::Broken);
  }
}

void EventFeed::finish(End end) {
  end_ = end_ == End::No ? end : end_;
  output_.cancel();
}

asio::awaitable<void> EventFeed::wait(std::chrono::milliseconds limit) {
  if (!buffer_.empty() || end_ != End::No) {
    co_return;
  }
  output_.expires_after(limit);
  co_await output_.async_wait(net::kAsResult);
}

std::string EventFeed::take() {
  auto taken = std::exchange(buffer_, {});
  room_.cancel();
  return taken;
}

void EventFeed::stop() {
  stopped_ = true;
  listening_.reset();
  for (auto const& engine : engines_) {
    engine->close();
  }
  room_.cancel();
}

}  // namespace swarmward::api
