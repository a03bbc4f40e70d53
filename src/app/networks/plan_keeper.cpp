#include "app/networks/plan_keeper.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "scheduler/networks/network_plan.h"
#include "scheduler/networks/plan_follower.h"
#include "wire/plan_update.h"

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

PlanKeeper::PlanKeeper(asio::any_io_executor executor,
                       state::StateStore& store,
                       RandomBytes const& random)
    : executor_(executor),
      store_(store),
      epoch_(new_id_text(random)),
      soon_(executor),
      bunch_(kBunch) {}

void PlanKeeper::published(state::Snapshot const& snapshot, state::Touched const& touched) {
  {
    std::lock_guard const lock(mutex_);
    gathered_.owners.add(touched);
    if (gathered_.owners.empty()) {
      return;
    }
    gathered_.version = snapshot.version;
  }
  asio::post(executor_, [this] {
    if (!std::exchange(due_, true)) {
      wake_soon();
    }
  });
}

/// To tell a thousand nodes takes some time, and when they join one after the other each of them is
/// news to all. So as long as it took, changes are gathered the next time.
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
  end_waits(for_news_);
}

void PlanKeeper::confirm(Given& given, std::uint64_t version) {
  if (version > given.carried_out) {
    given.carried_out = version;
    end_waits(for_nodes_);
  }
}

void PlanKeeper::refresh() {
  Gathered gathered;
  {
    std::lock_guard const lock(mutex_);
    gathered.version = gathered_.version;
    gathered.owners = std::exchange(gathered_.owners, {});
  }
  // What was published meanwhile may be in the snapshot already, and is looked at once more.
  auto const snapshot = store_.snapshot();
  if (!std::exchange(has_all_, true)) {
    gathered.owners = scheduler::all_plan_owners(*snapshot);
  }
  covers_ = gathered.version;
  if (!gathered.owners.empty()) {
    book_.update(*snapshot, std::move(gathered.owners));
    texts_.clear();
  }
}

std::uint64_t PlanKeeper::known_by(std::string const& mark) const {
  std::uint64_t version = 0;
  if (mark.starts_with(epoch_ + ".")) {
    std::from_chars(mark.data() + epoch_.size() + 1, mark.data() + mark.size(), version);
  }
  return version <= book_.version() ? version : 0;
}

model::PlanUpdate PlanKeeper::frame_for(model::NodeId const& node, std::uint64_t since) {
  auto update = book_.frame_for(node);
  update.mark = epoch_ + "." + std::to_string(book_.version());
  if (since > 0) {
    update.since = epoch_ + "." + std::to_string(since);
  }
  auto& given = given_[node];
  given.mark = update.mark;
  given.version = covers_;
  return update;
}

model::PlanUpdate PlanKeeper::update_for(model::NodeId const& node, std::string const& mark) {
  refresh();
  auto const since = known_by(mark);
  auto update = frame_for(node, since);
  for (auto const& news : book_.news_for(node, since)) {
    update.changes.push_back(book_.changes(news));
  }
  return update;
}

std::string const& PlanKeeper::text_of(scheduler::PlanBook::News const& news) {
  auto const [text, is_new] = texts_.try_emplace({news.network, news.since});
  if (is_new) {
    text->second = wire::network_update_text(book_.changes(news));
  }
  return text->second;
}

std::string PlanKeeper::update_text(model::NodeId const& node, std::string const& mark) {
  refresh();
  auto const since = known_by(mark);
  std::vector<std::string_view> changes;
  for (auto const& news : book_.news_for(node, since)) {
    changes.emplace_back(text_of(news));
  }
  return wire::plan_update_text(frame_for(node, since), changes);
}

model::NetworkPlan PlanKeeper::plan_of(model::NodeId const& node) {
  refresh();
  auto update = book_.frame_for(node);
  for (auto const& news : book_.news_for(node, 0)) {
    update.changes.push_back(book_.changes(news));
  }
  scheduler::PlanFollower follower(node.str());
  // From nothing to everything: there is nothing that it could not fit.
  static_cast<void>(follower.follow(update));
  return follower.plan();
}

bool PlanKeeper::is_current(model::NodeId const& node, std::string const& mark) {
  refresh();
  auto& given = given_[node];
  if (mark == given.mark) {
    confirm(given, given.version);
  }
  auto const since = known_by(mark);
  bool const current = since > 0 && book_.is_current(node, since);
  if (current) {
    confirm(given, covers_);
  }
  return current;
}

asio::awaitable<bool> PlanKeeper::wait(Waiting* among,
                                       std::chrono::steady_clock::time_point until) {
  auto const timer = std::make_shared<asio::steady_timer>(executor_, until);
  among->insert(timer);
  auto const [error] = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  among->erase(timer);
  co_return error == asio::error::operation_aborted;
}

asio::awaitable<bool> PlanKeeper::has_news(model::NodeId node,
                                           std::string mark,
                                           std::chrono::seconds patience) {
  auto const until = std::chrono::steady_clock::now() + patience;
  bool current = is_current(node, mark);
  while (current) {
    bool const woken = co_await wait(&for_news_, until);
    current = is_current(node, mark);
    if (!woken) {
      break;
    }
  }
  co_return !current;
}

std::uint64_t PlanKeeper::latest() {
  std::lock_guard const lock(mutex_);
  return gathered_.version;
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
  auto const version = latest();
  while (!all_have(version)) {
    bool const woken = co_await wait(&for_nodes_, until);
    if (!woken) {
      break;
    }
  }
}

}  // namespace swarmward::app
