#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/route.h"
#include "api/routes/log_lines.h"
#include "api/routes/log_progress.h"
#include "backends/engine.h"
#include "model/task.h"

namespace swarmward::api {

/// The merged log of several tasks: one reader per task fills a common buffer. What is followed is
/// asked for with timestamps, whether the client wants them or not: they tell where to go on when
/// a connection broke. Owned by shared_ptr, because readers may outlive the request that started
/// them; all on the io thread.
class LogStream : public std::enable_shared_from_this<LogStream> {
 public:
  LogStream(asio::any_io_executor executor,
            RouteContext const& context,
            backends::LogQuery query,
            bool framed);

  /// Reads the task's log too, unless it is being read already or there is no container yet. `node`
  /// is the task's; one that is down is not asked, for that would only take time. Null if it is
  /// gone.
  void add(model::Task const& task, model::Node const* node);
  /// The tasks whose followed log broke off a while ago, to be added again if they are still there:
  /// it goes on where it ended. Each is told once.
  [[nodiscard]] std::vector<model::TaskId> broken_off();

  /// Waits until there is output or all readers have ended, at most `limit`.
  asio::awaitable<void> wait(std::chrono::milliseconds limit);
  /// What has arrived since the last call; may be empty.
  [[nodiscard]] std::string take();
  [[nodiscard]] bool idle() const { return readers_ == 0 && buffer_.empty(); }
  /// Ends all readers.
  void stop();
  /// The nodes whose logs are missing, as native tells it; empty if there are none.
  [[nodiscard]] std::string complaint() const;

 private:
  struct Source {
    model::TaskId task;
    model::ServiceId service;
    model::NodeId node;
    std::string container_id;
    bool tty = false;
  };

  using Moment = std::chrono::steady_clock::time_point;
  enum class End { Whole, BrokenOff };

  asio::awaitable<void> read(Source source);
  asio::awaitable<End> read_once(Source const* source);
  asio::awaitable<End> pump(Source const* source, backends::ByteStream* stream);
  void append(Source const& source, std::vector<LogLine> const& lines);

  asio::any_io_executor executor_;
  RouteContext const& context_;
  backends::LogQuery query_;
  bool framed_;
  bool stopped_ = false;
  std::size_t readers_ = 0;
  std::set<model::TaskId> known_;
  std::map<model::TaskId, LogProgress> progress_;
  std::map<model::TaskId, Moment> broken_;  ///< And when each may be tried again.
  std::set<model::NodeId> unreachable_;
  std::set<std::shared_ptr<backends::ByteStream>> open_;
  std::string buffer_;
  asio::steady_timer output_;  ///< Cancelled when the buffer gets something.
  asio::steady_timer room_;    ///< Cancelled when the buffer is emptied.
};

}  // namespace swarmward::api
