#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "state/group_writer.h"
#include "state/persistence.h"
#include "state/snapshot.h"

namespace swarmward::state {

namespace asio = boost::asio;

/// What to do to a draft. An error leaves everything as it was. May be run once only.
using Change = std::function<Result<void>(Draft&)>;

/// Owns the cluster's state. Writes run one after another on its strand; snapshot() is safe
/// anywhere. Two views exist: the head, with every accepted change, seen by the loops on the
/// strand; and the published snapshot, everything of which is on disk, seen by all others. If the
/// disk refuses a write, the head goes back to the published snapshot and the writers get the
/// error.
class StateStore {
 public:
  /// `strand` must run its handlers one after another (a strand, or a context with one thread).
  StateStore(asio::any_io_executor strand,
             std::unique_ptr<Persistence> persistence,
             Codec codec,
             Clock const& clock);
  ~StateStore();

  /// Reads the disk; before anything else. Errors: Unavailable, Internal (unreadable object).
  Result<void> load();

  /// The last durable state. Any thread.
  [[nodiscard]] std::shared_ptr<Snapshot const> snapshot() const;

  /// Commits what `change` did, or nothing. Any thread; resumes on the caller's executor once the
  /// change is durable. Returns the version. Errors: those of `change`; Unavailable if the disk
  /// fails.
  asio::awaitable<Result<std::uint64_t>> update(Change change);

  /// Strand only: commits without waiting for the disk. For decisions and observations, which are
  /// made anew if they get lost.
  Result<void> apply(Change const& change);
  /// Strand only.
  [[nodiscard]] Snapshot const& head() const { return head_; }
  /// Strand only: how many objects were written to the head that are not durable yet. Who writes a
  /// lot by apply() stops for a while when it is high, or memory fills with what the disk waits
  /// for.
  [[nodiscard]] std::size_t backlog() const { return backlog_; }
  [[nodiscard]] asio::any_io_executor strand() const { return strand_; }

  using HeadWatcher = std::function<void(Touched const&)>;
  using Watcher = std::function<void(std::shared_ptr<Snapshot const> const&, Touched const&)>;
  /// Called on the strand after each change of the head, before it is durable; with nothing touched
  /// when a failed disk write took changes back. Before load() only.
  void watch_head(HeadWatcher watcher) { head_watchers_.push_back(std::move(watcher)); }
  /// Called on the strand after each publication; several commits may come as one. Before load().
  void watch(Watcher watcher) { watchers_.push_back(std::move(watcher)); }

 private:
  using Done = std::function<void(Result<std::uint64_t>)>;
  /// Commits that go to the disk together, with the state after the last of them.
  struct Pending {
    std::shared_ptr<Snapshot const> snapshot;
    std::shared_ptr<Touched const> touched;
    std::vector<std::pair<Done, std::uint64_t>> waiting;  ///< With the version each is told.
  };
  /// Commits that are still being collected: those of one turn of the strand.
  struct Open {
    Touched touched;
    std::vector<std::pair<Done, std::uint64_t>> waiting;
    [[nodiscard]] bool empty() const { return touched.empty() && waiting.empty(); }
  };

  Result<void> commit(Change const& change, Done done);
  void close();
  void wake_writer();
  void written(std::size_t count, Result<void> const& result);
  void take_back(Error const& error);

  asio::any_io_executor strand_;
  Codec codec_;
  Clock const& clock_;
  Snapshot head_;
  Open open_;
  std::deque<Pending> pending_;
  std::size_t backlog_ = 0;  ///< Objects touched by what is open or pending.
  std::vector<HeadWatcher> head_watchers_;
  std::vector<Watcher> watchers_;
  mutable std::mutex published_mutex_;  // std::atomic<std::shared_ptr> fails TSan with g++ 12.
  std::shared_ptr<Snapshot const> published_;
  std::unique_ptr<Persistence> persistence_;
  bool wake_posted_ = false;
  GroupWriter writer_;
};

}  // namespace swarmward::state
