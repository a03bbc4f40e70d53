#include "backends/docker/deadlines.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>

namespace swarmward::backends {

namespace {

/// With more of them each deadline is more exact.
constexpr int kMomentsPerTimeout = 32;

}  // namespace

Deadlines::Deadlines(asio::execution_context& context)
    : service(context), timer_(static_cast<asio::io_context&>(context)) {}

Deadlines& Deadlines::of(asio::any_io_executor const& executor) {
  return asio::use_service<Deadlines>(asio::query(executor, asio::execution::context));
}

void Deadlines::shutdown() {
  timer_.cancel();
}

void Deadlines::set(Member& member, std::chrono::milliseconds timeout) {
  clear(member);
  SteadyTime::duration const whole = timeout;
  auto due = SteadyTime::clock::now() + whole;
  due -= due.time_since_epoch() % (whole / kMomentsPerTimeout);
  auto const [moment, is_new] = due_.try_emplace(due);
  moment->second.push_back(member);
  ++members_;
  if (is_new && moment == due_.begin()) {
    wait();
  }
}

void Deadlines::clear(Member& member) {
  if (!member.is_linked()) {
    return;
  }
  member.unlink();
  if (--members_ == 0) {
    due_.clear();
    timer_.cancel();
  }
}

void Deadlines::wait() {
  timer_.expires_at(due_.begin()->first);
  timer_.async_wait([this](boost::system::error_code const& error) {
    if (!error) {
      end_overdue();
    }
  });
}

/// Whoever is told may set and clear deadlines.
void Deadlines::end_overdue() {
  auto const now = SteadyTime::clock::now();
  while (!due_.empty() && due_.begin()->first <= now) {
    if (due_.begin()->second.empty()) {
      due_.erase(due_.begin());
      continue;
    }
    auto& member = due_.begin()->second.front();
    clear(member);
    member.on_deadline();
  }
  if (!due_.empty()) {
    wait();
  }
}

}  // namespace swarmward::backends
