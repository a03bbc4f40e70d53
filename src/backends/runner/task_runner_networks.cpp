// How a TaskRunner joins its container to overlay networks.
#include "backends/runner/container_config.h"
#include "backends/runner/done.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

asio::awaitable<Result<void>> TaskRunner::ensure_networks() {
  auto networks = assignment_.networks;
  for (auto& network : networks) {
    auto const ensured = co_await context_->networks->ensure(network);
    if (!ensured) {
      co_return ensured.error();
    }
    network.name = *ensured;
  }
  joins_ = std::move(networks);
  co_return kDone;
}

asio::awaitable<Result<void>> TaskRunner::connect_networks(std::string container) {
  auto const networks = joins_;
  for (auto const& network : networks_to_connect(task(), networks)) {
    auto body =
        R"({"Container":")" + container + R"(","EndpointConfig":)" + render_endpoint(network) + "}";
    auto connected = co_await context_->engine->connect_network(network.name, std::move(body));
    if (!connected) {
      auto const removed = co_await context_->engine->remove_container(container, KeepVolumes::No);
      static_cast<void>(removed);  // If it is left, its name leads back to it.
      co_return connected;
    }
  }
  co_return kDone;
}

}  // namespace swarmward::backends
