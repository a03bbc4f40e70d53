#include "backends/docker/connection_budget.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::backends {

/// Of one who waits.
struct ConnectionBudget::Turn {
  explicit Turn(asio::any_io_executor const& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool come = false;

  void give() {
    come = true;
    timer.expires_at(asio::steady_timer::time_point::min());  // Also wakes a waiter.
  }
};

ConnectionBudget::Limits connection_limits(std::size_t descriptors) {
  constexpr std::size_t kLeastStep = 22;
  auto const step = std::min(descriptors / 40, kLeastStep + descriptors / 256);
  return {descriptors - 5 * step, descriptors - 4 * step, descriptors - 3 * step};
}

std::size_t ConnectionBudget::usual_share() const {
  auto const each = limits_.usual / std::max<std::size_t>(clients_, 1);
  return std::max<std::size_t>(each, 2) - 1;  // One is for its events.
}

void ConnectionBudget::admit_next() {
  for (auto const& [line, limit] :
       {std::pair(&signs_of_life_, limits_.most), std::pair(&waiting_, limits_.usual)}) {
    while (open_ < limit && !line->empty()) {
      auto const next = line->front().lock();
      line->pop_front();
      if (next) {
        next->give();
        return;
      }
    }
  }
}

/// Stands in the line for as long as it exists.
class ConnectionShare::Waiting {
 public:
  Waiting(ConnectionShare& share, Urgency urgency, asio::any_io_executor const& executor)
      : share_(share.shared_from_this()), turn_(std::make_shared<Turn>(executor)) {
    at_ = share_->waiting_.insert(share_->waiting_.end(), turn_);
    bool const urgent = urgency == Urgency::SignOfLife;
    auto& line = urgent ? share_->budget_->signs_of_life_ : share_->budget_->waiting_;
    if (urgent || share_->connections_ == 0) {
      while (!line.empty() && line.front().expired()) {
        line.pop_front();
      }
      line.push_back(turn_);
    }
  }
  ~Waiting() { share_->waiting_.erase(at_); }
  Waiting(Waiting const&) = delete;
  Waiting& operator=(Waiting const&) = delete;

  [[nodiscard]] asio::steady_timer& timer() { return turn_->timer; }
  [[nodiscard]] bool turn_has_come() const { return turn_->come; }

 private:
  std::shared_ptr<ConnectionShare> share_;
  std::shared_ptr<Turn> turn_;
  std::list<std::shared_ptr<Turn>>::iterator at_;
};

ConnectionShare::ConnectionShare(std::shared_ptr<ConnectionBudget> budget)
    : budget_(std::move(budget)) {
  if (budget_) {
    ++budget_->clients_;
  }
}

ConnectionShare::~ConnectionShare() {
  if (budget_) {
    --budget_->clients_;
  }
}

std::size_t ConnectionShare::usual() const {
  constexpr std::size_t kUnbounded = 10'000;
  return budget_ ? budget_->usual_share() : kUnbounded;
}

ConnectionShare::Place ConnectionShare::enter(Urgency urgency) {
  if (budget_) {
    bool const usual =
        budget_->open_ < budget_->limits_.usual && connections_ < budget_->usual_share();
    bool const urgent = urgency == Urgency::SignOfLife && budget_->open_ < budget_->limits_.most;
    if (!usual && !urgent) {
      return {};
    }
    ++budget_->open_;
  }
  ++connections_;
  return Place(shared_from_this());
}

asio::awaitable<bool> ConnectionShare::wait(Urgency urgency, std::chrono::milliseconds timeout) {
  auto const executor = co_await asio::this_coro::executor;
  Waiting waiting(*this, urgency, executor);
  if (timeout.count() == 0 || urgency == Urgency::SignOfLife) {
    waiting.timer().expires_at(asio::steady_timer::time_point::max());
  } else {
    waiting.timer().expires_after(timeout);
  }
  co_await waiting.timer().async_wait(asio::as_tuple(asio::use_awaitable));
  co_return waiting.turn_has_come();
}

void ConnectionShare::connection_freed() {
  auto const next = std::ranges::find(waiting_, false, [](auto const& turn) { return turn->come; });
  if (next != waiting_.end()) {
    (*next)->give();
  }
}

bool ConnectionShare::keeps() const {
  return !waiting_.empty() || !budget_ || budget_->open_ <= budget_->limits_.kept;
}

ConnectionShare::Place& ConnectionShare::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    release();
    share_ = std::move(other.share_);
    counted_ = other.counted_;
  }
  return *this;
}

void ConnectionShare::Place::leave_client() {
  if (share_ && std::exchange(counted_, false)) {
    --share_->connections_;
    share_->connection_freed();
  }
}

void ConnectionShare::Place::release() {
  auto const share = std::exchange(share_, nullptr);
  if (!share) {
    return;
  }
  if (counted_) {
    --share->connections_;
    share->connection_freed();
  }
  if (auto const& budget = share->budget_) {
    --budget->open_;
    budget->admit_next();
  }
}

}  // namespace swarmward::backends
