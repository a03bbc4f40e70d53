#include "scheduler/restart/restart_policy.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

model::RestartPolicy policy_of(model::Task const& task) {
  return task.spec->restart.value_or(model::RestartPolicy{});
}

Duration plain_delay(model::Task const& ended) {
  auto const delay = policy_of(ended).delay.value_or(model::kDefaultRestartDelay);
  return ended.running_since == Time{} ? std::max(delay, kLeastDelayOfNeverRun) : delay;
}

/// A sign of a place that cannot run the task, not of one that ran for long and then broke.
bool failed_soon(model::Task const& ended) {
  if (ended.status.state == model::TaskState::Complete) {
    return false;
  }
  if (ended.running_since == Time{}) {
    return true;
  }
  auto const lasted = ended.status.timestamp - ended.running_since;
  return lasted < 10 * plain_delay(ended) && lasted <= kMostBackoff;
}

/// 0 to 999, the same for the same task always: FNV-1a of its id.
std::int64_t permille_of(model::TaskId const& id) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (auto const character : id.view()) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  }
  return static_cast<std::int64_t>(hash % 1000);
}

}  // namespace

bool should_restart(model::Task const& ended) {
  auto const policy = policy_of(ended);
  bool const job = ended.job_iteration.has_value();
  bool const on_failure = policy.condition == model::RestartCondition::OnFailure || job;
  if (policy.condition == model::RestartCondition::None ||
      (on_failure && ended.status.state == model::TaskState::Complete)) {
    return false;
  }
  auto const limit = policy.max_attempts.value_or(0);
  if (limit == 0) {
    return true;
  }
  auto const window = policy.window.value_or(Duration::zero());
  if (window == Duration::zero()) {
    return ended.restarts.size() < limit;
  }
  auto const until = ended.status.timestamp;
  auto const recent = std::ranges::count_if(
      ended.restarts, [&](Time at) { return at > until - window && at < until; });
  return static_cast<std::uint64_t>(recent) < limit;
}

Duration restart_delay(model::Task const& ended, Backoff backoff) {
  auto const delay = plain_delay(ended);
  if (backoff == Backoff::Fixed || ended.failures_before == 0 || !failed_soon(ended)) {
    return delay;
  }
  auto const most = std::max(delay, kMostBackoff);
  auto grown = delay;
  for (auto doubled = ended.failures_before; doubled > 0 && grown < most; --doubled) {
    grown = std::min(2 * grown, most);
  }
  return grown + grown / 10'000 * permille_of(ended.id);
}

std::uint32_t failures_after(model::Task const& ended) {
  if (!failed_soon(ended)) {
    return 0;
  }
  // Saturates in time for any width the model may give the field.
  constexpr std::uint32_t kMost = 100;
  return std::min<std::uint32_t>(ended.failures_before + 1U, kMost);
}

std::vector<Time> restart_history(model::Task const& ended, Time now) {
  auto const limit = policy_of(ended).max_attempts.value_or(0);
  if (limit == 0) {
    return {};
  }
  std::vector<Time> history = ended.restarts;
  history.push_back(now);
  if (history.size() > limit) {  // Older ones can no longer decide anything.
    history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return history;
}

}  // namespace swarmward::scheduler
