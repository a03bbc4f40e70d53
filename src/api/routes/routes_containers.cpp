#include "api/routes/routes_containers.h"

#include <algorithm>
#include <array>

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/passthrough/container_index.h"
#include "api/passthrough/engine_call.h"
#include "api/passthrough/gather.h"
#include "api/router.h"
#include "api/routes/container_create.h"
#include "api/routes/lookup.h"
#include "api/server/target.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

using ContainerRoute = Route<Containers>;
constexpr std::array kContainerRoutes{
    ContainerRoute{"GET", "/containers/json", &Containers::list, ApiVersion{1, 24}},
    ContainerRoute{"POST", "/containers/create", &Containers::create, ApiVersion{1, 24}},
    ContainerRoute{"POST", "/containers/{id}/exec", &Containers::create_exec, ApiVersion{1, 24}},
};

/// The segment behind `root`; empty if the path is elsewhere.
std::string_view segment_behind(std::string_view root, std::string_view path) {
  if (!path.starts_with(root)) {
    return {};
  }
  path.remove_prefix(root.size());
  return path.substr(0, path.find('/'));
}

state::TaskPtr find_task(state::Snapshot const& snapshot,
                         ContainerIndex const& containers,
                         std::string_view container) {
  if (auto task = find_task_named(snapshot, container)) {
    return task;
  }
  return containers.find(snapshot, container);
}

/// The id in the answer to a request for an exec session; empty if it was refused.
std::string exec_id(EngineReply const& reply) {
  auto const document = nlohmann::json::parse(reply.body, nullptr, false);
  bool const made = reply.status == 201 && document.is_object() && document.contains("Id");
  return made && document["Id"].is_string() ? document["Id"].get<std::string>() : std::string{};
}

}  // namespace

std::span<Route<Containers> const> Containers::routes() {
  return kContainerRoutes;
}

model::NodeId Containers::node_elsewhere(state::Snapshot const& snapshot,
                                         std::string_view container) const {
  if (!snapshot.cluster || container.empty()) {
    return {};
  }
  auto const task = find_task(snapshot, context_.containers, container);
  bool const here = !task || task->node_id == snapshot.cluster->manager_node;
  return here ? model::NodeId{} : task->node_id;
}

bool Containers::owns(std::string_view method,
                      std::string_view path,
                      std::string_view raw_query) const {
  bool const is_manager = context_.store.snapshot()->cluster != nullptr;
  auto const worker = context_.control.worker();
  bool const is_worker = worker && !worker->locked;
  if (method == "GET" && path == "/containers/json") {
    return is_manager ? asks_nodes(raw_query) || asks_tasks(raw_query)
                      : is_worker && asks_tasks(raw_query) && !asks_nodes(raw_query);
  }
  if (method == "POST" && path == "/containers/create") {
    return is_manager || is_worker;
  }
  std::string container;
  return method == "POST" && matches_pattern("/containers/{id}/exec", path, &container) &&
         upstream_of(path) != nullptr;
}

std::shared_ptr<Upstream const> Containers::upstream_of(std::string_view path) const {
  if (auto const exec = segment_behind("/exec/", path); !exec.empty()) {
    auto const node = execs_.find(std::string(exec));
    return node ? context_.control.upstream_of(*node) : nullptr;
  }
  auto const container = segment_behind("/containers/", path);
  if (container.empty()) {
    return nullptr;
  }
  auto const node = node_elsewhere(*context_.store.snapshot(), container);
  return node.empty() ? nullptr : context_.control.upstream_of(node);
}

Result<std::shared_ptr<Upstream const>> Containers::node_upstream(std::string const& name) const {
  Call asked;
  asked.snapshot = context_.store.snapshot();
  asked.worker = context_.control.worker();
  if (auto const manager = require_manager(asked); !manager) {
    return manager.error();
  }
  auto const node = get_node(*asked.snapshot, name);
  if (!node) {
    return node.error();
  }
  auto upstream = context_.control.upstream_of((*node)->id);
  if (!upstream) {
    return unavailable("no way to the engine of node " + name + " is known");
  }
  return upstream;
}

asio::awaitable<Result<Response>> Containers::list(Call const* call) {
  auto const plan = plan_container_list(*call->snapshot, call->request);
  if (!plan) {
    co_return plan.error();
  }
  if (plan->nodes.empty()) {
    auto answer = co_await list_here(&*plan);
    co_return answer;
  }
  auto answer = co_await list_of(&*plan, NodeNames::InFront, kGatherTimeout);
  co_return answer;
}

asio::awaitable<Result<Response>> Containers::list_here(ContainerListPlan const* plan) {
  auto const engine = context_.control.local_engine();
  auto path = plan->path;
  std::vector<ContainerList> lists;
  auto document = co_await engine->get_document(std::move(path));
  if (!document) {
    co_return document.error();
  }
  lists.push_back({{}, std::move(document)});
  auto list = merge_container_lists(lists, plan->limit, NodeNames::Untold, plan->tasks);
  if (!list) {
    co_return list.error();
  }
  Response response;
  response.body = std::move(*list);
  co_return response;
}

asio::awaitable<Result<Response>> Containers::list_of(ContainerListPlan const* plan,
                                                      NodeNames names,
                                                      std::chrono::milliseconds patience) {
  if (plan->compares && plan->nodes.size() > 1) {
    co_return invalid_argument(
        "the filters before and since compare with a container of one node: add the filter "
        "node=NAME");
  }
  std::vector<std::shared_ptr<backends::Engine>> engines;
  for (auto const& node : plan->nodes) {
    engines.push_back(context_.control.engine_of(node->id));
  }
  auto documents = co_await gather_documents(std::move(engines), plan->path, patience);
  std::vector<ContainerList> lists;
  for (std::size_t at = 0; at < documents.size(); ++at) {
    lists.push_back({plan->nodes[at]->description.hostname, std::move(documents[at])});
  }
  auto merged = merge_container_lists(lists, plan->limit, names, plan->tasks);
  if (!merged) {
    co_return merged.error();
  }
  Response response;
  response.body = std::move(*merged);
  co_return response;
}

asio::awaitable<Result<Response>> Containers::create(Call const* call) {
  auto const host = this_host(context_.control);
  auto answer = co_await create_container(&attaching_, &host, call);
  co_return answer;
}

asio::awaitable<Result<Response>> Containers::create_exec(Call const* call) {
  ContainerHost host;
  host.node = node_elsewhere(*call->snapshot, call->id);
  host.upstream = host.node.empty() ? nullptr : context_.control.upstream_of(host.node);
  if (!host.upstream) {
    co_return not_found("No such container: " + call->id);
  }
  auto answer = co_await create_exec_on(&host, call);
  co_return answer;
}

asio::awaitable<Result<Response>> Containers::create_exec_on(ContainerHost const* host,
                                                             Call const* call) {
  EngineRequest request;
  request.method = "POST";
  request.target = "/v" +
                   to_string(std::min(call->request.version, host->upstream->facts.version)) +
                   "/containers/" + percent_encode(call->id) + "/exec";
  request.content_type = call->request.header("Content-Type");
  request.body = call->request.body;
  auto const executor = co_await asio::this_coro::executor;
  auto const reply = co_await call_engine(executor, host->upstream->dialer, std::move(request));
  if (!reply) {
    co_return reply.error();
  }
  if (auto const id = exec_id(*reply); !id.empty()) {
    execs_.remember(id, host->node);
  }
  Response response;
  response.status = reply->status;
  response.body = reply->body;
  co_return response;
}

}  // namespace swarmward::api
