// Whether a task's container ended by itself or because its engine was shut down: then the task is
// neither complete nor failed, and its service gets another one whatever the restart policy says.
#include <nlohmann/json.hpp>

#include "backends/runner/engine_memory.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

namespace {

/// All that the engine remembers up to its own present, as the answer to GET /info tells it; empty
/// if it does not. Another clock's present may lie in its future, for which it would wait.
std::string events_until_now(std::string const& info) {
  auto const document = nlohmann::json::parse(info, nullptr, false);
  auto const now = parse_time(document.is_object() ? document.value("SystemTime", "") : "");
  if (!now) {
    return {};
  }
  auto const seconds = std::chrono::floor<std::chrono::seconds>(now->time_since_epoch());
  auto fraction = std::to_string((now->time_since_epoch() - seconds).count());
  fraction.insert(0, 9 - fraction.size(), '0');
  return "/events?since=1&until=" + std::to_string(seconds.count()) + "." + fraction;
}

}  // namespace

asio::awaitable<void> TaskRunner::confirm_exit() {
  auto const place = co_await context_->looks.enter();
  if (next_step() != Step::Confirm) {
    co_return;
  }
  if (from_list_) {
    auto const outlived = co_await engine_outlived_it();
    if (!outlived && retry_later(outlived.error(), Retry::IfUnreached)) {
      co_return;
    }
    lost_ = outlived && !*outlived;
    doubtful_ = false;
    co_return;
  }
  auto const open = co_await context_->engine->knock();
  doubtful_ = false;
  if (!open && !context_->stopped) {
    lost_ = true;
    report_exit();  // Now: its service need not wait for this engine.
    context_->lose_engine(open.error().message);
  }
}

asio::awaitable<Result<bool>> TaskRunner::engine_outlived_it() {
  if (context_->live_restore || finished_at_ == Time{}) {
    co_return true;
  }
  auto const info = co_await context_->engine->get_document("/info");
  if (!info) {
    co_return info.error();
  }
  auto path = events_until_now(*info);
  if (path.empty()) {
    co_return true;
  }
  auto const events = co_await context_->engine->get_document(std::move(path));
  if (!events) {
    co_return events.error();
  }
  co_return was_running_at(*events, finished_at_);
}

asio::awaitable<Error> TaskRunner::judged(Error error) {
  if (error.code == ErrorCode::Unavailable) {
    co_return error;
  }
  auto const open = co_await context_->engine->knock();
  if (!open && !context_->stopped) {
    context_->lose_engine(open.error().message);
    co_return unavailable(error.message);
  }
  co_return error;
}

}  // namespace swarmward::backends
