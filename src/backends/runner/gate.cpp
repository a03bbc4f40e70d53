#include "backends/runner/gate.h"

#include <boost/asio/as_tuple.hpp>
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

Gate::Gate(asio::any_io_executor executor, std::size_t limit)
    : executor_(std::move(executor)), state_(std::make_shared<State>()) {
  state_->limit = limit;
}

asio::awaitable<Gate::Lease> Gate::enter() {
  auto state = state_;
  auto turn =
      std::make_shared<asio::steady_timer>(executor_, asio::steady_timer::time_point::max());
  state->waiting.push_back(turn);
  // Whoever is admitted is counted at once, so that nobody overtakes before it runs again.
  state->admit();
  if (turn->expiry() == asio::steady_timer::time_point::max()) {
    co_await turn->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return Lease(std::move(state));
}

void Gate::set_limit(std::size_t limit) {
  state_->limit = limit;
  state_->admit();
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
