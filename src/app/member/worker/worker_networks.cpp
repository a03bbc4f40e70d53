// A worker asks what is new in its networks, again and again: the answer comes when there is
// something.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/member/worker/worker.h"
#include "base/log.h"
#include "wire/plan_update.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// Longer than a manager waits with its answer.
constexpr std::chrono::seconds kAnswer{30};
constexpr std::chrono::milliseconds kPause{500};

}  // namespace

asio::awaitable<void> Worker::follow_networks(Worker* self, unsigned life) {
  while (self->life_ == life) {
    bool heard = false;
    auto const managers = self->record_->managers;
    for (auto const& manager : managers) {
      nlohmann::json question{{"Mark", self->plan_->mark()}};
      auto const answer = co_await self->plan_clients_.ask(
          manager.address, "/member/networks", std::move(question), kAnswer);
      if (self->life_ != life) {
        co_return;
      }
      if (answer) {
        heard = true;
        co_await self->take_plan(*answer);
        break;
      }
    }
    if (!heard) {
      self->plan_timer_.expires_after(kPause);
      co_await self->plan_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

/// The manager takes the next question's mark for what this host has carried out.
asio::awaitable<void> Worker::take_plan(nlohmann::json const& answer) {
  if (text_of(answer, "Mark").empty()) {
    co_return;  // There is nothing new.
  }
  auto const update = wire::plan_update_from(answer);
  auto const followed = update ? plan_->follow(*update) : Result<void>(update.error());
  if (!followed) {
    room_log("mesh")->error("plan.not_followed reason=\"{}\"", followed.error().message);
    plan_timer_.expires_after(kPause);
    co_await plan_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return;
  }
  auto plan = plan_->plan();
  co_await settings_.networks->apply(std::move(plan));
}

}  // namespace swarmward::app
