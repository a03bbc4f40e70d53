#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "state/persistence.h"

namespace swarmward::state {

/// Writes commits to the disk, on a thread or where the persistence says: everything queued goes
/// out as one transaction.
class GroupWriter {
 public:
  /// What one commit wrote; the version is the store's after it.
  struct Commit {
    std::shared_ptr<Touched const> touched;
    std::uint64_t version = 0;
  };
  /// Rows are made on the writer's thread, so that encoding costs the strand nothing. Commits of
  /// one transaction come together: what was written twice is encoded once.
  using MakeRows = std::function<std::vector<Row>(std::vector<Commit> const&)>;
  /// Called on the writer's thread with the number of commits a transaction held.
  using Written = std::function<void(std::size_t commits, Result<void> result)>;
  /// A transaction takes no further commits once it has so many objects: those who wait for an
  /// early commit do not wait for all that came after it.
  static constexpr std::size_t kMostObjects = 20'000;

  GroupWriter() = default;
  ~GroupWriter() { stop(); }
  GroupWriter(GroupWriter const&) = delete;
  GroupWriter& operator=(GroupWriter const&) = delete;

  void start(Persistence& persistence, MakeRows make_rows, Written written);
  /// Any thread. Commits are written in the order of their calls, after the next wake().
  void enqueue(Commit commit);
  /// Any thread: what is queued goes out now, or together with what is being written.
  void wake();
  /// After a failed transaction nothing more is written until this is called: commits rest on those
  /// before them. Forgets what is queued and goes on.
  void discard_queued();
  /// Writes what is queued, then ends the thread. Without one, what is queued is lost.
  void stop();

 private:
  void run(Persistence& persistence, MakeRows const& make_rows, Written const& written);
  void write(Persistence& persistence,
             MakeRows const& make_rows,
             Written const& written,
             std::vector<Commit> batch);
  std::vector<Commit> next_batch();
  [[nodiscard]] bool has_news() const;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Commit> queue_;
  bool failed_ = false;
  bool stopping_ = false;
  std::thread thread_;
  RunLater run_later_;  ///< Instead of the thread.
  std::function<void()> write_later_;
  bool run_is_due_ = false;
};

}  // namespace swarmward::state
