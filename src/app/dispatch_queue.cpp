#include "app/dispatch_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/post.hpp>

namespace swarmward::app {

namespace {

/// Half as many as the sockets that the loop looks at in one turn: what is under way goes on while
/// more is begun.
constexpr std::size_t kTasksPerTurn = 64;

}  // namespace

struct DispatchQueue::State {
  State(boost::asio::any_io_executor on, HandOver to)
      : executor(std::move(on)), hand_over(std::move(to)) {}
  boost::asio::any_io_executor executor;
  HandOver hand_over;
  std::deque<Entry> waiting;
  bool posted = false;
};

DispatchQueue::DispatchQueue(boost::asio::any_io_executor executor, HandOver hand_over)
    : state_(std::make_shared<State>(std::move(executor), std::move(hand_over))) {}

void DispatchQueue::add(std::vector<Entry> entries) {
  std::ranges::move(entries, std::back_inserter(state_->waiting));
  if (!state_->posted) {
    hand_over_some(state_);
  }
}

void DispatchQueue::clear() {
  state_->waiting.clear();
}

void DispatchQueue::hand_over_some(std::shared_ptr<State> const& state) {
  state->posted = true;
  for (std::size_t i = 0; i < kTasksPerTurn && !state->waiting.empty(); ++i) {
    auto entry = std::move(state->waiting.front());
    state->waiting.pop_front();
    state->hand_over(std::move(entry));
  }
  state->posted = !state->waiting.empty();
  if (state->posted) {
    boost::asio::post(state->executor, [weak = std::weak_ptr(state)] {
      if (auto const self = weak.lock()) {
        hand_over_some(self);
      }
    });
  }
}

}  // namespace swarmward::app
