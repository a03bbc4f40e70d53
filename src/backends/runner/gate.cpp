#include "backends/runner/gate.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::backends {

namespace asio = boost::asio;

Gate::Lease& Gate::Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    release();
    state_ = std::move(other.state_);
  }
  return *this;
}

void Gate::Lease::release() {
  if (auto const state = std::exchange(state_, nullptr)) {
    --state->inside;
    state->admit();
  }
}

asio::awaitable<Gate::Lease> Gate::enter() {
  if (!state_) {
    state_ = std::make_shared<State>();
    state_->limit = limit_;
  }
  auto state = state_;
  if (state->inside < state->limit && state->waiting.empty()) {
    ++state->inside;
    co_return Lease(std::move(state));
  }
  auto const executor = co_await asio::this_coro::executor;
  auto turn = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
  state->waiting.push_back(turn);
  // Whoever is admitted is counted at once, so that nobody overtakes before it runs again.
  co_await turn->async_wait(asio::as_tuple(asio::use_awaitable));
  co_return Lease(std::move(state));
}

void Gate::set_limit(std::size_t limit) {
  limit_ = limit;
  if (state_) {
    state_->limit = limit;
    state_->admit();
  }
}

void Gate::State::admit() {
  while (inside < limit && !waiting.empty()) {
    ++inside;
    auto const next = waiting.front();
    waiting.pop_front();
    next->expires_at(boost::asio::steady_timer::time_point::min());  // Also wakes a waiter.
  }
}

}  // namespace swarmward::backends
