#include "app/status_reporter.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "scheduler/loop/apply_plan.h"

namespace swarmward::app {

namespace {

/// Of so many tasks at once nobody follows each step: what they report in a little while is written
/// together, most of it as one change of each task.
constexpr std::size_t kManyTasks = 200;
constexpr std::chrono::milliseconds kGatherFor{50};

}  // namespace

using Reports = std::map<model::TaskId, std::vector<model::TaskStatus>>;

struct StatusReporter::Shared {
  Shared(asio::any_io_executor on, state::StateStore& target)
      : executor(std::move(on)), store(target) {}
  asio::any_io_executor executor;
  state::StateStore& store;
  Reports waiting;
  bool flushing = false;
  bool stopped = false;
};

StatusReporter::StatusReporter(asio::any_io_executor executor, state::StateStore& store)
    : shared_(std::make_shared<Shared>(std::move(executor), store)) {}

StatusReporter::~StatusReporter() {
  stop();
}

void StatusReporter::stop() {
  shared_->stopped = true;
}

void StatusReporter::report(model::TaskId const& task, model::TaskStatus status) {
  // Each state is written, not just the last: the moment a task began to run must not get lost.
  shared_->waiting[task].push_back(std::move(status));
  if (!std::exchange(shared_->flushing, true)) {
    auto run = flush(shared_);
    asio::co_spawn(shared_->executor, std::move(run), asio::detached);
  }
}

asio::awaitable<void> StatusReporter::flush(std::shared_ptr<Shared> shared) {
  asio::steady_timer timer(shared->executor);
  while (!shared->stopped && !shared->waiting.empty()) {
    auto batch = std::make_shared<Reports>(std::exchange(shared->waiting, {}));
    state::Change change = [batch](state::Draft& draft) -> Result<void> {
      for (auto const& [task, statuses] : *batch) {
        scheduler::apply_statuses(draft, task, statuses);
      }
      return {};
    };
    auto result = co_await shared->store.update(std::move(change));
    if (result && batch->size() >= kManyTasks) {
      timer.expires_after(kGatherFor);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!result) {
      for (auto& [task, statuses] : shared->waiting) {
        auto& earlier = (*batch)[task];
        earlier.insert(earlier.end(), statuses.begin(), statuses.end());
      }
      shared->waiting = std::move(*batch);
      timer.expires_after(std::chrono::seconds(1));
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
  shared->flushing = false;
}

}  // namespace swarmward::app
