// Hosts that were adopted with an agent: the other half of adoption.cpp.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "app/adoption.h"
#include "app/adoption_advice.h"
#include "backends/docker/docker_engine.h"
#include "backends/runner/done.h"
#include "base/log.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;

/// Its host was adopted with an agent, and the way on which that was done is still known.
bool has_agent_of_ours(model::Node const& node) {
  return node.access.agent_port != 0 && !node.access.url.empty();
}

}  // namespace

asio::awaitable<Result<api::Adopted>> Adoption::put_agent(model::Node node, AgentWish wish) {
  auto way = dialer_to(node);
  if (!way) {
    co_return way.error();
  }
  auto const name = wish.name;
  auto const id = co_await agents_.adopt(std::move(*way), std::move(wish));
  if (!id) {
    co_return id.error();
  }
  room_log("app")->info("node.adopted node={} engine={} agent=true", name, node.access.url);
  api::Adopted adopted{*id, {}};
  if (!access_warning(node.access).empty()) {
    adopted.warning = access_warning(node.access) +
                      "; the token that the agent joined with went there unencrypted, too: docker "
                      "swarm join-token --rotate worker makes it useless";
  }
  co_return adopted;
}

asio::awaitable<Result<void>> Adoption::prepare_release(model::Node node) {
  if (!has_agent_of_ours(node)) {
    co_return backends::kDone;
  }
  auto way = dialer_to(node);
  if (!way) {
    co_return way.error();
  }
  auto const engine = backends::make_docker_engine(executor_, std::move(*way));
  auto const alive = co_await engine->ping();
  if (!alive) {
    co_return unavailable(
        "the agent of node " + node.description.hostname +
        " cannot be removed: " + alive.error().message + ": " +
        access_cure(node.access, alive.error().message, ssh_.known_hosts().string()) +
        " --force lets the node go and leaves the agent there");
  }
  co_return backends::kDone;
}

asio::awaitable<Result<void>> Adoption::finish_release(model::Node node) {
  if (!has_agent_of_ours(node)) {
    co_return backends::kDone;
  }
  auto way = dialer_to(node);
  if (!way) {
    co_return way.error();
  }
  auto const cleared = co_await agents_.clear(std::move(*way), node.id);
  if (!cleared) {
    co_return in_context(std::string("the node was let go, but its agent is still there (remove "
                                     "container, volume and image swarmward-agent)"),
                         cleared.error());
  }
  co_return backends::kDone;
}

void Adoption::erased(model::Node node) {
  if (has_agent_of_ours(node) && !agents_.clearing(node.id)) {
    asio::co_spawn(executor_, finish_release(std::move(node)), asio::detached);
  }
}

}  // namespace swarmward::app
