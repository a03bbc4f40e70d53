#include "backends/runner/rounds.h"

#include <utility>
#include <vector>

namespace swarmward::backends {

void Rounds::join(SteadyTime when, std::weak_ptr<Member> member) {
  bool const sooner = due_.empty() || when < due_.begin()->first;
  due_[when].push_back(std::move(member));
  if (sooner) {
    wait();
  }
}

void Rounds::wait() {
  timer_.expires_at(due_.begin()->first);
  timer_.async_wait([this](boost::system::error_code const& error) {
    if (!error) {
      call_all();
    }
  });
}

/// A member may join the next round, or end what owns this: so nothing of this is used after a
/// call.
void Rounds::call_all() {
  std::vector<Members> moments;
  auto const now = SteadyTime::clock::now();
  while (!due_.empty() && due_.begin()->first <= now) {
    moments.push_back(std::move(due_.begin()->second));
    due_.erase(due_.begin());
  }
  if (!due_.empty()) {
    wait();
  }
  for (auto const& members : moments) {
    for (auto const& each : members) {
      if (auto const member = each.lock()) {
        member->on_round();
      }
    }
  }
}

}  // namespace swarmward::backends
