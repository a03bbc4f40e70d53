#include "app/dispatch_queue.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "model/attachment.h"

namespace swarmward::app {

namespace {

/// Half as many as the sockets that the loop looks at in one turn: what is under way goes on while
/// more is begun.
constexpr std::size_t kTasksPerTurn = 64;

bool is_attachment(DispatchQueue::Entry const& entry) {
  auto const* const dispatched = std::get_if<scheduler::DispatchedTask>(&entry.task);
  return dispatched && model::is_attachment(*dispatched->task);
}

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
  for (auto& entry : entries) {
    if (is_attachment(entry)) {
      state_->hand_over(std::move(entry));
    } else {
      state_->waiting.push_back(std::move(entry));
    }
  }
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
