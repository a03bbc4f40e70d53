#include "scheduler/restart/restart_policy.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

model::RestartPolicy policy_of(model::Task const& task) {
  return task.spec->restart.value_or(model::RestartPolicy{});
}

}  // namespace

bool should_restart(model::Task const& ended) {
  auto const policy = policy_of(ended);
  if (policy.condition == model::RestartCondition::None) {
    return false;
  }
  if (policy.condition == model::RestartCondition::OnFailure &&
      ended.status.state == model::TaskState::Complete) {
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
  auto const from = ended.status.timestamp - window;
  auto const recent = std::ranges::count_if(ended.restarts, [&](Time at) { return at > from; });
  return static_cast<std::uint64_t>(recent) < limit;
}

Duration restart_delay(model::Task const& ended) {
  auto const delay = policy_of(ended).delay.value_or(model::kDefaultRestartDelay);
  return ended.running_since == Time{} ? std::max(delay, kLeastDelayOfNeverRun) : delay;
}

std::vector<Time> restart_history(model::Task const& ended, std::uint64_t spec_version, Time now) {
  auto const limit = policy_of(ended).max_attempts.value_or(0);
  if (limit == 0 || ended.spec_version != spec_version) {
    return {};
  }
  auto history = ended.restarts;
  history.push_back(now);
  if (history.size() > limit) {  // Older ones can no longer decide anything.
    history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return history;
}

}  // namespace swarmward::scheduler
