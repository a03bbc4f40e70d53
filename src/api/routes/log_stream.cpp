#include "api/routes/log_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/net/as_result.h"

namespace swarmward::api {

namespace {

/// Readers wait while this much is not yet taken by the client.
constexpr std::size_t kLogBufferLimit = std::size_t{1} << 18U;
/// Between two attempts to reach an engine whose log broke off.
constexpr std::chrono::milliseconds kTryAgain{500};

}  // namespace

LogStream::LogStream(asio::any_io_executor executor,
                     RouteContext const& context,
                     backends::LogQuery query,
                     bool framed)
    : executor_(std::move(executor)),
      context_(context),
      query_(std::move(query)),
      framed_(framed),
      output_(executor_),
      // Never moved again: setting the expiry would wake the other readers that wait for room.
      room_(executor_, std::chrono::steady_clock::time_point::max()) {}

void LogStream::add(model::Task const& task, model::Node const* node) {
  if (!task.spec->container || !task.status.container ||
      task.status.container->container_id.empty() || known_.contains(task.id)) {
    return;
  }
  if (node == nullptr || node->status.state == model::NodeState::Down) {
    unreachable_.insert(task.node_id);
    return;
  }
  known_.insert(task.id);
  Source source{task.id,
                task.service_id,
                task.node_id,
                task.status.container->container_id,
                task.spec->container->tty};
  ++readers_;
  auto reader = read(std::move(source));
  asio::co_spawn(executor_, std::move(reader), asio::detached);
}

asio::awaitable<void> LogStream::read(Source source) {
  auto const self = shared_from_this();
  auto const end = co_await read_once(&source);
  if (end == End::BrokenOff) {
    unreachable_.insert(source.node);
    if (query_.follow) {
      broken_[source.task] = std::chrono::steady_clock::now() + kTryAgain;
    }
  }
  --readers_;
  output_.cancel();
}

asio::awaitable<LogStream::End> LogStream::read_once(Source const* source) {
  auto const engine = context_.control.engine_of(source->node);
  if (!engine) {
    co_return End::BrokenOff;
  }
  auto& progress = progress_[source->task];
  auto query = query_;
  if (query_.follow) {
    query = progress.next(query_);
    query.timestamps = true;
  }
  auto const now = context_.clock.now();
  auto opened = co_await engine->logs(source->container_id, std::move(query));
  if (!opened) {
    co_return opened.error().code == ErrorCode::Unavailable ? End::BrokenOff : End::Whole;
  }
  progress.begin(now);
  std::shared_ptr<backends::ByteStream> const stream = std::move(*opened);
  open_.insert(stream);
  auto const end = co_await pump(source, stream.get());
  open_.erase(stream);
  co_return end;
}

asio::awaitable<LogStream::End> LogStream::pump(Source const* source,
                                                backends::ByteStream* stream) {
  LogLineReader reader({!source->tty, query_.timestamps || query_.follow, query_.details});
  while (!stopped_) {
    auto const bytes = co_await stream->read();
    if (!bytes && query_.follow) {
      co_return End::BrokenOff;  // What has begun of a line comes again, as a whole.
    }
    if (!bytes) {
      append(*source, reader.finish());
      co_return End::BrokenOff;
    }
    if (bytes->empty()) {
      break;
    }
    append(*source, reader.feed(*bytes));
    while (buffer_.size() > kLogBufferLimit && !stopped_) {
      co_await room_.async_wait(net::kAsResult);
    }
  }
  append(*source, reader.finish());
  co_return End::Whole;
}

std::vector<model::TaskId> LogStream::broken_off() {
  auto const now = std::chrono::steady_clock::now();
  std::vector<model::TaskId> due;
  for (auto it = broken_.begin(); it != broken_.end();) {
    if (it->second > now) {
      ++it;
      continue;
    }
    due.push_back(it->first);
    known_.erase(it->first);
    it = broken_.erase(it);
  }
  return due;
}

void LogStream::append(Source const& source, std::vector<LogLine> const& lines) {
  for (auto const& line : lines) {
    if (query_.follow && !progress_[source.task].take(line.timestamp)) {
      continue;
    }
    std::string text;
    if (query_.timestamps) {
      text += line.timestamp + " ";
    }
    if (query_.details) {
      text += swarm_details(
                  line.attributes, source.node.view(), source.service.view(), source.task.view()) +
              " ";
    }
    text += line.text + "\n";
    buffer_ += framed_ ? log_frame(line.source, text) : text;
  }
  if (!lines.empty()) {
    output_.cancel();
  }
}

asio::awaitable<void> LogStream::wait(std::chrono::milliseconds limit) {
  if (!buffer_.empty()) {
    co_return;
  }
  output_.expires_after(limit);
  co_await output_.async_wait(net::kAsResult);
}

std::string LogStream::take() {
  auto taken = std::exchange(buffer_, {});
  room_.cancel();
  return taken;
}

void LogStream::stop() {
  stopped_ = true;
  for (auto const& stream : open_) {
    stream->close();
  }
  room_.cancel();
}

std::string LogStream::complaint() const {
  if (unreachable_.empty()) {
    return {};
  }
  std::string nodes;
  for (auto const& node : unreachable_) {
    nodes += (nodes.empty() ? "node " : ", node ") + node.str() + " is not available";
  }
  return "Error grabbing logs: rpc error: code = Unknown desc = warning: incomplete log stream. "
         "some logs could not be retrieved for the following reasons: " +
         nodes + "\n";
}

}  // namespace swarmward::api
