#include "state/state_store.h"

#include <algorithm>
#include <iterator>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace swarmward::state {

namespace {

/// So many objects go to the disk together even if the strand has not come to rest: what each
/// change replaced stays in memory until then.
constexpr std::size_t kMostTogether = 2'000;

void append(Touched& all, Touched const& more) {
  auto const append_kind = [](auto& to, auto const& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append_kind(all.clusters, more.clusters);
  append_kind(all.nodes, more.nodes);
  append_kind(all.networks, more.networks);
  append_kind(all.secrets, more.secrets);
  append_kind(all.configs, more.configs);
  append_kind(all.credentials, more.credentials);
  append_kind(all.services, more.services);
  append_kind(all.tasks, more.tasks);
}

/// What several commits wrote, as one.
std::shared_ptr<Touched const> joined(std::vector<std::shared_ptr<Touched const>> const& commits) {
  if (commits.size() == 1) {
    return commits.front();
  }
  auto all = std::make_shared<Touched>();
  for (auto const& touched : commits) {
    append(*all, *touched);
  }
  return all;
}

}  // namespace

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
  auto encode = [this](std::vector<GroupWriter::Commit> const& commits) {
    std::vector<Touched const*> touched;
    for (auto const& commit : commits) {
      touched.push_back(commit.touched.get());
    }
    return rows_of(touched, commits.back().version, codec_);
  };
  writer_.start(*persistence_, std::move(encode), [this](std::size_t commits, Result<void> result) {
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
  // The head itself is changed, not a copy: what nobody else holds is changed in place.
  Draft draft(std::move(head_), clock_.now());
  struct GiveBack {
    Draft& draft;
    Snapshot& head;
    bool accepted = false;
    ~GiveBack() {
      if (!accepted) {
        draft.undo();
      }
      head = std::move(draft.view_);
    }
  };
  {
    GiveBack give_back{draft, head_};
    if (auto result = change(draft); !result) {
      return result.error();
    }
    give_back.accepted = !draft.touched_.empty();
  }
  if (draft.touched_.empty() && pending_.empty() && open_.empty()) {
    if (done) {
      done(head_.version);
    }
    return {};
  }
  // A change that wrote nothing may still rest on earlier ones that are not on disk yet: it waits.
  backlog_ += draft.touched_.count();
  append(open_.touched, draft.touched_);
  if (done) {
    open_.waiting.emplace_back(std::move(done), head_.version);
  }
  if (!draft.touched_.empty()) {
    for (auto const& watcher : head_watchers_) {
      watcher(draft.touched_);
    }
  }
  if (open_.touched.count() >= kMostTogether) {
    close();
  }
  wake_writer();
  return {};
}

/// What is open goes to the writer.
void StateStore::close() {
  if (open_.empty()) {
    return;
  }
  auto const touched = std::make_shared<Touched const>(std::exchange(open_.touched, {}));
  pending_.push_back(
      {std::make_shared<Snapshot const>(head_), touched, std::exchange(open_.waiting, {})});
  writer_.enqueue({touched, head_.version});
  writer_.wake();
}

void StateStore::wake_writer() {
  if (std::exchange(wake_posted_, true)) {
    return;
  }
  // Behind what the watchers posted: the loops' answer to a change goes to the disk together with
  // it.
  asio::post(strand_, [this] {
    wake_posted_ = false;
    close();
  });
}

void StateStore::written(std::size_t count, Result<void> const& result) {
  if (!result) {
    take_back(result.error());
    return;
  }
  std::vector<std::shared_ptr<Touched const>> commits;
  std::vector<std::pair<Done, std::uint64_t>> waiting;
  std::shared_ptr<Snapshot const> last;
  for (; count > 0 && !pending_.empty(); --count) {
    auto& next = pending_.front();
    backlog_ -= next.touched->count();
    commits.push_back(std::move(next.touched));
    last = std::move(next.snapshot);
    std::ranges::move(next.waiting, std::back_inserter(waiting));
    pending_.pop_front();
  }
  if (!last) {
    return;
  }
  {
    std::lock_guard const lock(published_mutex_);
    published_ = last;
  }
  auto const touched = joined(commits);
  for (auto const& watcher : watchers_) {
    watcher(last, *touched);
  }
  for (auto const& [done, version] : waiting) {
    done(version);
  }
}

void StateStore::take_back(Error const& error) {
  room_log("state")->error("write.failed commits={} reason=\"{}\"", pending_.size(), error.message);
  writer_.discard_queued();
  auto lost = std::exchange(pending_, {});
  lost.push_back({nullptr, nullptr, std::exchange(open_, {}).waiting});
  backlog_ = 0;
  head_ = *snapshot();
  for (auto const& entry : lost) {
    for (auto const& [done, version] : entry.waiting) {
      done(error);
    }
  }
  for (auto const& watcher : head_watchers_) {
    watcher(Touched{});
  }
}

}  // namespace swarmward::state
