#include "api/cluster/cluster_containers.h"

#include <array>

#include "api/cluster/project_network.h"
#include "api/manager_check.h"
#include "wire/network.h"

namespace swarmward::api {

namespace {

using ClusterRoute = Route<ClusterContainers>;
constexpr std::array kClusterRoutes{
    ClusterRoute{"GET", "/containers/json", &ClusterContainers::list, ApiVersion{1, 24}},
    ClusterRoute{"POST", "/containers/create", &ClusterContainers::create, ApiVersion{1, 24}},
    ClusterRoute{
        "POST", "/containers/{id}/exec", &ClusterContainers::create_exec, ApiVersion{1, 24}},
    ClusterRoute{"POST", "/volumes/create", &ClusterContainers::create_volume, ApiVersion{1, 24}},
    ClusterRoute{"POST", "/containers/{id}/rename", &ClusterContainers::rename, ApiVersion{1, 24}},
    ClusterRoute{"POST", "/networks/create", &ClusterContainers::create_network, ApiVersion{1, 24}},
    ClusterRoute{"POST", "/networks/{id}/connect", &ClusterContainers::connect, ApiVersion{1, 24}},
    ClusterRoute{
        "POST", "/networks/{id}/disconnect", &ClusterContainers::disconnect, ApiVersion{1, 24}},
    ClusterRoute{"GET", "/events", &ClusterContainers::events, ApiVersion{1, 24}},
};

/// The container that a path is about; empty if it is about none.
std::string container_in(std::string const& path) {
  constexpr std::string_view kRoot = "/containers/";
  if (!path.starts_with(kRoot)) {
    return {};
  }
  auto const rest = path.substr(kRoot.size());
  auto const word = rest.substr(0, rest.find('/'));
  bool const about_all = rest == "json" || rest == "create" || rest == "prune";
  return about_all ? std::string() : word;
}

}  // namespace

std::span<Route<ClusterContainers> const> ClusterContainers::routes() {
  return kClusterRoutes;
}

asio::awaitable<Result<std::shared_ptr<Upstream const>>> ClusterContainers::find_upstream(
    std::string path) const {
  auto container = container_in(path);
  if (container.empty() || !context_.store.snapshot()->cluster) {
    co_return std::shared_ptr<Upstream const>();
  }
  auto host = co_await hosts_.host_with(std::move(container));
  if (!host) {
    co_return host.error();
  }
  co_return std::move(host->upstream);
}

asio::awaitable<Result<Response>> ClusterContainers::list(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto plan = plan_container_list(*call->snapshot, call->request);
  if (!plan) {
    co_return plan.error();
  }
  if (plan->nodes.empty()) {
    for (auto const& [id, node] : call->snapshot->nodes) {
      if (node->status.state == model::NodeState::Ready) {
        plan->nodes.push_back(node);
      }
    }
  }
  auto answer =
      co_await families_.containers.list_of(&*plan, NodeNames::Besides, ClusterHosts::kPatience);
  co_return answer;
}

asio::awaitable<Result<Response>> ClusterContainers::create_exec(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const host = co_await hosts_.host_with(call->id);
  if (!host) {
    co_return host.error();
  }
  auto answer = co_await families_.containers.create_exec_on(&*host, call);
  co_return answer;
}

asio::awaitable<Result<Response>> ClusterContainers::create_network(Call const* call) {
  auto changed = *call;
  changed.request.body = project_network(std::move(changed.request.body));
  auto answer = co_await families_.networks.create(&changed);
  co_return answer;
}

asio::awaitable<Result<ContainerHost>> ClusterContainers::host_of_body(Call const* call) const {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto body = nlohmann::json::parse(call->request.body, nullptr, false);
  if (!body.is_object()) {
    body = nlohmann::json::object();
  }
  auto word = wire::connected_container_from_json(body);
  if (!word) {
    co_return word.error();
  }
  auto host = co_await hosts_.host_with(std::move(*word));
  co_return host;
}

asio::awaitable<Result<Response>> ClusterContainers::connect(Call const* call) {
  auto const host = co_await host_of_body(call);
  if (!host) {
    co_return host.error();
  }
  auto answer = co_await connect_container(&attaching_, &*host, call);
  co_return answer;
}

asio::awaitable<Result<Response>> ClusterContainers::disconnect(Call const* call) {
  auto const host = co_await host_of_body(call);
  if (!host) {
    co_return host.error();
  }
  auto answer = co_await disconnect_container(&attaching_, &*host, call);
  co_return answer;
}

asio::awaitable<Result<void>> ClusterContainers::events(Call const* call) {
  std::vector<Events::Engine> others;
  auto const here = context_.control.local_engine();
  for (auto const& [id, node] : call->snapshot->nodes) {
    auto engine = context_.control.engine_of(id);
    if (engine && engine != here && node->status.state == model::NodeState::Ready) {
      others.push_back(std::move(engine));
    }
  }
  auto streamed = co_await families_.events.stream_with(call, std::move(others));
  co_return streamed;
}

}  // namespace swarmward::api
