#include "api/routes/log_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/net/as_result.h"

namespace swarmward::api {

namespace {

/// Readers wait while this much is not yet taken by the client.
constexpr std::size_t kLogBufferLimit = std::size_t{1} << 18U;

}  // namespace

LogStream::LogStream(asio::any_io_executor executor,
                     SwarmControl& control,
                     backends::LogQuery query,
                     bool framed)
    : executor_(std::move(executor)),
      control_(control),
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
  auto const engine = control_.engine_of(source.node);
  if (engine) {
    auto opened = co_await engine->logs(source.container_id, query_);
    if (opened) {
      std::shared_ptr<backends::ByteStream> const stream = std::move(*opened);
      open_.insert(stream);
      co_await pump(&source, stream.get());
      open_.erase(stream);
    } else if (opened.error().code == ErrorCode::Unavailable) {
      unreachable_.insert(source.node);
    }
  } else {
    unreachable_.insert(source.node);
  }
  --readers_;
  output_.cancel();
}

asio::awaitable<void> LogStream::pump(Source const* source, backends::ByteStream* stream) {
  LogLineReader reader({!source->tty, query_.timestamps, query_.details});
  while (!stopped_) {
    auto const bytes = co_await stream->read();
    if (!bytes || bytes->empty()) {
      break;
    }
    append(*source, reader.feed(*bytes));
    while (buffer_.size() > kLogBufferLimit && !stopped_) {
      co_await room_.async_wait(net::kAsResult);
    }
  }
  append(*source, reader.finish());
}

void LogStream::append(Source const& source, std::vector<LogLine> const& lines) {
  for (auto const& line : lines) {
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
