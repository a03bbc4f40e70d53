#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "state/persistence.h"

namespace swarmward::state {

/// A thread that writes commits to the disk: everything queued goes out as one transaction.
class GroupWriter {
 public:
  /// Rows are made on the writer's thread, so that encoding costs the strand nothing.
  using MakeRows = std::function<std::vector<Row>()>;
  /// Called on the writer's thread with the number of commits a transaction held.
  using Written = std::function<void(std::size_t commits, Result<void> result)>;

  GroupWriter() = default;
  ~GroupWriter() { stop(); }
  GroupWriter(GroupWriter const&) = delete;
  GroupWriter& operator=(GroupWriter const&) = delete;

  void start(Persistence& persistence, Written written);
  /// Any thread. Commits are written in the order of their calls, after the next wake().
  void enqueue(MakeRows rows);
  /// Any thread: what is queued goes out now, or together with what is being written.
  void wake() { wake_.notify_one(); }
  /// After a failed transaction nothing more is written until this is called: commits rest on those
  /// before them. Forgets what is queued and goes on.
  void discard_queued();
  /// Writes what is queued, then ends the thread.
  void stop();

 private:
  void run(Persistence& persistence, Written const& written);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<MakeRows> queue_;
  bool failed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace swarmward::state
