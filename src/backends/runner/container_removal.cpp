#include "backends/runner/container_removal.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/runner/container_config.h"
#include "base/log.h"

namespace swarmward::backends {

asio::awaitable<void> remove_unwanted(std::shared_ptr<RunnerContext> context, std::string id) {
  auto const place = co_await context->removes.enter();
  auto const removed = co_await context->engine->remove_container(id, KeepVolumes::No);
  if (!removed) {
    room_log("backends")
        ->warn("container.remove_failed container={} error=\"{}\"", id, removed.error().message);
  }
}

asio::awaitable<void> remove_node(std::shared_ptr<RunnerContext> context,
                                  std::function<bool()> idle) {
  auto const pause = std::make_shared<asio::steady_timer>(context->executor);
  constexpr int kPasses = 100;
  for (int pass = 0; pass < kPasses; ++pass) {
    auto label = std::string(kNodeIdLabel) + "=" + context->identity.id.str();
    auto const listed = co_await context->engine->list_containers(std::move(label));
    if (!listed) {
      room_log("backends")->warn("node.containers_left error=\"{}\"", listed.error().message);
      co_return;
    }
    bool const settled = context->stopped || !context->connected || idle();
    if (listed->empty() && settled) {
      co_await context->networks->remove_all();
      std::function<std::set<model::TaskId>()> none = [] { return std::set<model::TaskId>{}; };
      co_await FileKeeper::tidy(context->files, std::move(none));
      co_return;
    }
    auto const left = std::make_shared<std::size_t>(listed->size());
    for (auto const& container : *listed) {
      auto const done = [left, pause](std::exception_ptr const&) {
        if (--*left == 0) {
          pause->cancel();
        }
      };
      pause->expires_after(std::chrono::minutes(2));
      asio::co_spawn(context->executor, remove_unwanted(context, container.id), done);
    }
    if (*left == 0) {
      pause->expires_after(std::chrono::milliseconds(listed->empty() ? 20 : 0));
    }
    co_await pause->async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace swarmward::backends
