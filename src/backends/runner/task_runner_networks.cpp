// How a TaskRunner joins its container to overlay networks.
#include "backends/runner/container_config.h"
#include "backends/runner/done.h"
#include "backends/runner/network_body.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

namespace {

/// As engines say that it is in the network, each in its own way.
bool is_in_already(Error const& error) {
  return error.message.find("already exists in network") != std::string::npos ||
         error.message.find("already attached to network") != std::string::npos;
}

}  // namespace

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
    if (!connected && !is_in_already(connected.error())) {
      auto const removed = co_await context_->engine->remove_container(container, KeepVolumes::No);
      static_cast<void>(removed);  // If it is left, its name leads back to it.
      co_return connected;
    }
  }
  is_joined_ = true;
  co_return kDone;
}

asio::awaitable<Result<void>> TaskRunner::join_again() {
  auto const ensured = co_await ensure_networks();
  if (!ensured) {
    co_return ensured;
  }
  auto const connected = co_await connect_networks(container_id_);
  co_return connected;
}

}  // namespace swarmward::backends
