#include "app/networks/plan_keeper.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "scheduler/networks/network_plan.h"
#include "wire/network_plan.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// So long changes are gathered before nodes are told.
constexpr std::chrono::milliseconds kBunch{10};
constexpr std::chrono::milliseconds kLongestBunch{500};

/// Ends all waits, and forgets them.
void end_waits(std::set<std::shared_ptr<asio::steady_timer>>& waiting) {
  for (auto const& timer : std::exchange(waiting, {})) {
    timer->cancel();
  }
}

}  // namespace

PlanKeeper::PlanKeeper(asio::any_io_executor executor, state::StateStore& store)
    : executor_(executor), store_(store), soon_(executor), bunch_(kBunch) {}

void PlanKeeper::published(state::Snapshot const& snapshot, state::Touched const& touched) {
  if (!scheduler::may_change_plans(touched)) {
    return;
  }
  latest_ = snapshot.version;
  asio::post(executor_, [this] {
    if (!std::exchange(due_, true)) {
      wake_soon();
    }
  });
}

/// To plan for a thousand nodes takes some time, and when they join one after the other each of
/// them changes the plans of all. So as long as it took, changes are gathered the next time.
void PlanKeeper::wake_soon() {
  soon_.expires_after(bunch_);
  soon_.async_wait([this](boost::system::error_code const& error) {
    if (error) {
      return;
    }
    due_ = false;
    wake();
    // Comes after all whom that has woken up.
    asio::post(executor_, [this, begun = std::chrono::steady_clock::now()] {
      auto const took = std::chrono::steady_clock::now() - begun;
      bunch_ = std::clamp<std::chrono::steady_clock::duration>(took, kBunch, kLongestBunch);
    });
  });
}

void PlanKeeper::wake() {
  end_waits(for_plans_);
}

void PlanKeeper::confirm(Given& given, std::uint64_t version) {
  if (version > given.carried_out) {
    given.carried_out = version;
    end_waits(for_nodes_);
  }
}

MarkedPlan PlanKeeper::plan_of(model::NodeId const& node, std::string const& known) {
  auto const snapshot = store_.snapshot();
  auto plan = scheduler::plan_networks(*snapshot, node);
  auto text = wire::network_plan_text(plan);
  auto mark = std::to_string(std::hash<std::string>{}(text));
  auto& given = given_[node];
  if (known == given.mark) {
    confirm(given, given.version);
  }
  given.mark = mark;
  given.version = snapshot->version;
  if (known == mark) {
    confirm(given, snapshot->version);
  }
  return {std::move(plan), std::move(text), std::move(mark)};
}

asio::awaitable<bool> PlanKeeper::wait(Waiting* among,
                                       std::chrono::steady_clock::time_point until) {
  auto const timer = std::make_shared<asio::steady_timer>(executor_, until);
  among->insert(timer);
  auto const [error] = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  among->erase(timer);
  co_return error == asio::error::operation_aborted;
}

asio::awaitable<MarkedPlan> PlanKeeper::next(model::NodeId node,
                                             std::string known,
                                             std::chrono::seconds patience) {
  auto const until = std::chrono::steady_clock::now() + patience;
  auto plan = plan_of(node, known);
  while (plan.mark == known) {
    bool const woken = co_await wait(&for_plans_, until);
    plan = plan_of(node, known);
    if (!woken) {
      break;
    }
  }
  co_return plan;
}

bool PlanKeeper::all_have(std::uint64_t version) const {
  auto const snapshot = store_.snapshot();
  for (auto const [id, node] : snapshot->nodes) {
    if (node->status.state != model::NodeState::Ready || !scheduler::has_network_agent(*node)) {
      continue;
    }
    auto const given = given_.find(id);
    if (given == given_.end() || given->second.carried_out < version) {
      return false;
    }
  }
  return true;
}

asio::awaitable<void> PlanKeeper::carried_out() {
  constexpr std::chrono::seconds kPatience{2};
  auto const until = std::chrono::steady_clock::now() + kPatience;
  auto const version = latest_.load();
  while (!all_have(version)) {
    bool const woken = co_await wait(&for_nodes_, until);
    if (!woken) {
      break;
    }
  }
}

}  // namespace swarmward::app
