#include "backends/runner/gate.h"

#include <utility>

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

Gate::State& Gate::state() {
  if (!state_) {
    state_ = std::make_shared<State>();
    state_->limit = limit_;
  }
  return *state_;
}

Gate::Lease Gate::try_enter() {
  auto& state = this->state();
  if (state.inside >= state.limit || !state.waiting.empty()) {
    return {};
  }
  ++state.inside;
  return Lease(state_);
}

asio::awaitable<Gate::Lease> Gate::enter() {
  if (auto at_once = try_enter()) {
    co_return at_once;
  }
  auto const executor = co_await asio::this_coro::executor;
  auto const turn =
      std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
  auto const lease = std::make_shared<Lease>();
  // Whoever is admitted is counted at once, so that nobody overtakes before it runs again.
  enter([turn, lease](Lease place) {
    *lease = std::move(place);
    turn->expires_at(asio::steady_timer::time_point::min());  // Also wakes a waiter.
  });
  co_await turn->async_wait(asio::as_tuple(asio::use_awaitable));
  co_return std::move(*lease);
}

void Gate::enter(std::function<void(Lease)> turn) {
  state().waiting.push_back(std::move(turn));
  state().admit();
}

void Gate::set_limit(std::size_t limit) {
  limit_ = limit;
  if (state_) {
    state_->limit = limit;
    state_->admit();
  }
}

/// Who is admitted may have no use for it any more and give it back at once.
void Gate::State::admit() {
  if (std::exchange(admitting, true)) {
    return;
  }
  auto const self = shared_from_this();
  while (inside < limit && !waiting.empty()) {
    ++inside;
    auto const next = std::move(waiting.front());
    waiting.pop_front();
    next(Lease(self));
  }
  admitting = false;
}

}  // namespace swarmward::backends
