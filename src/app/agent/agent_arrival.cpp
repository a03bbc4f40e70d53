// How an agent that was started becomes a node: the other half of agent_adoption.cpp.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/agent/agent_adoption.h"
#include "app/member/member_documents.h"
#include "backends/runner/done.h"
#include "base/net/host_text.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;

/// From the start of its container until the node is ready. A join that gets no answer at all is
/// given up after five seconds and tried again.
constexpr std::chrono::seconds kArrivalPatience{20};
constexpr std::chrono::milliseconds kLook{200};

Error not_ready(AgentWish const& wish, std::string const& reason, std::string const& cure) {
  return unavailable("the host at " + wish.access.url +
                     " cannot be adopted with an agent: " + reason + ": " + cure);
}

}  // namespace

/// Null until it has joined.
AgentAdoption::Answer<state::NodePtr> AgentAdoption::newcomer(AgentHost* there) {
  auto const id = co_await there->node_of_agent();
  if (!id) {
    co_return id.error();
  }
  co_return id->empty() ? nullptr : store_.snapshot()->find_node(*id);
}

/// The engine behind the agent must be the one that was asked before.
AgentAdoption::Answer<> AgentAdoption::judge(model::Node const* node, AgentWish const* wish) {
  auto const engine = engines_.of(*node).engine;
  if (!engine) {
    co_return unavailable("no way to the agent is known");
  }
  auto const info = co_await engine->info();
  if (!info) {
    co_return info.error();
  }
  if (info->id != wish->engine_id) {
    co_return conflict("the engine behind " + wish->socket + " there is not the one at " +
                       wish->access.url + ": name its socket with --engine-socket");
  }
  co_return backends::kDone;
}

AgentAdoption::Answer<model::NodeId> AgentAdoption::await_node(AgentHost* there,
                                                               AgentWish const* wish) {
  asio::steady_timer timer(executor_);
  auto const until = std::chrono::steady_clock::now() + kArrivalPatience;
  while (std::chrono::steady_clock::now() < until) {
    auto const node = co_await newcomer(there);
    if (node && *node && (*node)->status.state == model::NodeState::Ready) {
      auto const judged = co_await judge(node->get(), wish);
      if (!judged) {
        co_return judged.error();
      }
      co_return (*node)->id;
    }
    auto const running = co_await there->runs();
    if (running && !*running) {
      break;
    }
    timer.expires_after(kLook);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  auto error = co_await why_not(there, wish);
  co_return error;
}

asio::awaitable<Error> AgentAdoption::why_unreached(state::NodePtr node, AgentWish const* wish) {
  auto const engine = engines_.of(*node).engine;
  std::string reason = "it was not ready in time";
  if (engine) {
    auto const answered = co_await engine->ping();
    reason = answered ? reason : answered.error().message;
  }
  auto const address =
      net::in_brackets(node->status.addr) + ":" + std::to_string(node->access.agent_port);
  co_return not_ready(*wish,
                      "its agent has joined, but this manager does not reach it: " + reason,
                      "open " + address + "/tcp for this manager (routes, firewall)");
}

/// By how far it came.
asio::awaitable<Error> AgentAdoption::why_not(AgentHost* there, AgentWish const* wish) {
  auto const node = co_await newcomer(there);
  if (node && *node) {
    auto error = co_await why_unreached(*node, wish);
    co_return error;
  }
  auto const running = co_await there->runs();
  auto const said = co_await there->reason();
  auto const reason = said.empty() ? std::string("it does not say why") : said;
  if (running && !*running) {
    co_return not_ready(*wish,
                        "the agent ends: " + reason,
                        "the engine's socket there must be " + wish->socket +
                            " (--engine-socket), and its kernel able to run this program");
  }
  auto const managers = managers_of(*store_.snapshot());
  auto const address = managers.empty() ? std::string("its port 2377") : managers.front().address;
  co_return not_ready(*wish,
                      "the agent could not join: " + reason,
                      "that host must reach this manager at " + address +
                          " (swarm init --advertise-addr, routes, firewall)");
}

}  // namespace swarmward::app
