// What runners report, as StatusReporter writes it; with faults of a way that the daemon's own
// reports do not have to go, but others may.
#include <utility>

#include <boost/asio/post.hpp>

#include "scheduler/loop/apply_plan.h"
#include "scheduler/simulation/manager.h"

namespace swarmward::scheduler::simulation {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

void Manager::report(model::TaskId const& task, model::TaskStatus status) {
  if (!in_.stage.rough() || !random_.chance(0.05)) {
    return take_report(task, std::move(status));
  }
  if (random_.chance(0.4)) {  // Said twice.
    take_report(task, status);
  }
  auto const late = random_.chance(0.03) ? random_.between(seconds(1), seconds(60))
                                         : random_.about(milliseconds(700));
  after(late, [this, task, status = std::move(status)] { take_report(task, status); });
}

void Manager::take_report(model::TaskId const& task, model::TaskStatus status) {
  reports_[task].push_back(std::move(status));
  if (!std::exchange(flushing_, true)) {
    asio::post(context_, [this] { flush_reports(); });
  }
}

void Manager::flush_reports() {
  if (reports_.empty()) {
    flushing_ = false;
    return;
  }
  auto const batch = std::make_shared<Reports>(std::exchange(reports_, {}));
  auto const write = [batch](state::Draft& draft) -> Result<void> {
    for (auto const& [task, statuses] : *batch) {
      for (auto const& status : statuses) {
        apply_status(draft, task, status);
      }
    }
    return {};
  };
  update(write, [this, batch](Result<std::uint64_t> const& result) {
    if (result) {
      return flush_reports();
    }
    for (auto& [task, statuses] : reports_) {
      auto& earlier = (*batch)[task];
      earlier.insert(earlier.end(), statuses.begin(), statuses.end());
    }
    reports_ = std::move(*batch);
    after(seconds(1), [this] { flush_reports(); });
  });
}

}  // namespace swarmward::scheduler::simulation
