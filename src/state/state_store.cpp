#include "state/state_store.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace swarmward::state {

StateStore::StateStore(asio::any_io_executor strand,
                       std::unique_ptr<Persistence> persistence,
                       Codec codec,
                       Clock const& clock)
    : strand_(std::move(strand)),
      codec_(std::move(codec)),
      clock_(clock),
      published_(std::make_shared<Snapshot const>()),
      persistence_(std::move(persistence)) {}

StateStore::~StateStore() {
  writer_.stop();
}

Result<void> StateStore::load() {
  auto const rows = persistence_->load();
  if (!rows) {
    return rows.error();
  }
  auto loaded = snapshot_from(*rows, codec_);
  if (!loaded) {
    return loaded.error();
  }
  head_ = std::move(*loaded);
  {
    std::lock_guard const lock(published_mutex_);
    published_ = std::make_shared<Snapshot const>(head_);
  }
  writer_.start(*persistence_, [this](std::size_t commits, Result<void> result) {
    asio::post(strand_, [this, commits, result = std::move(result)] { written(commits, result); });
  });
  return {};
}

std::shared_ptr<Snapshot const> StateStore::snapshot() const {
  std::lock_guard const lock(published_mutex_);
  return published_;
}

asio::awaitable<Result<std::uint64_t>> StateStore::update(Change change) {
  auto initiate = [this](auto handler, Change wanted) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    Done done = [shared](Result<std::uint64_t> result) {
      auto const executor = asio::get_associated_executor(*shared);
      asio::post(executor,
                 [shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
    };
    asio::post(strand_, [this, wanted = std::move(wanted), done = std::move(done)] {
      if (auto accepted = commit(wanted, done); !accepted) {
        done(accepted.error());
      }
    });
  };
  auto result =
      co_await asio::async_initiate<asio::use_awaitable_t<> const, void(Result<std::uint64_t>)>(
          std::move(initiate), asio::use_awaitable, std::move(change));
  co_return result;
}

Result<void> StateStore::apply(Change const& change) {
  return commit(change, nullptr);
}

Result<void> StateStore::commit(Change const& change, Done done) {
  Draft draft(head_, clock_.now());
  if (auto result = change(draft); !result) {
    return result.error();
  }
  if (draft.touched_.empty() && pending_.empty()) {
    if (done) {
      done(head_.version);
    }
    return {};
  }
  bool const changed = !draft.touched_.empty();
  if (changed) {
    head_ = std::move(draft.view_);
  }
  // A change that wrote nothing may still rest on earlier ones that are not on disk yet: it waits.
  pending_.push_back({std::make_shared<Snapshot const>(head_), draft.touched_, std::move(done)});
  writer_.enqueue([this, touched = draft.touched_, version = head_.version] {
    return rows_of(touched, version, codec_);
  });
  if (changed) {
    for (auto const& watcher : head_watchers_) {
      watcher(draft.touched_);
    }
  }
  wake_writer();
  return {};
}

void StateStore::wake_writer() {
  if (std::exchange(wake_posted_, true)) {
    return;
  }
  // Behind what the watchers posted: the loops' answer to a change goes to the disk together with
  // it.
  asio::post(strand_, [this] {
    wake_posted_ = false;
    writer_.wake();
  });
}

void StateStore::written(std::size_t count, Result<void> const& result) {
  if (!result) {
    take_back(result.error());
    return;
  }
  Touched touched;
  auto const append = [](auto& all, auto& some) {
    all.insert(
        all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  };
  std::vector<std::pair<Done, std::uint64_t>> waiting;
  std::shared_ptr<Snapshot const> last;
  for (; count > 0 && !pending_.empty(); --count) {
    auto& next = pending_.front();
    append(touched.clusters, next.touched.clusters);
    append(touched.nodes, next.touched.nodes);
    append(touched.services, next.touched.services);
    append(touched.tasks, next.touched.tasks);
    last = next.snapshot;
    if (next.done) {
      waiting.emplace_back(std::move(next.done), last->version);
    }
    pending_.pop_front();
  }
  if (!last) {
    return;
  }
  {
    std::lock_guard const lock(published_mutex_);
    published_ = last;
  }
  for (auto const& watcher : watchers_) {
    watcher(last, touched);
  }
  for (auto const& [done, version] : waiting) {
    done(version);
  }
}

void StateStore::take_back(Error const& error) {
  room_log("state")->error("write.failed commits={} reason=\"{}\"", pending_.size(), error.message);
  writer_.discard_queued();
  auto const lost = std::exchange(pending_, {});
  head_ = *snapshot();
  for (auto const& entry : lost) {
    if (entry.done) {
      entry.done(error);
    }
  }
  for (auto const& watcher : head_watchers_) {
    watcher(Touched{});
  }
}

}  // namespace swarmward::state
