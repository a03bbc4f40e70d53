#include "api/router.h"

#include <algorithm>
#include <array>
#include <exception>

#include "api/error_response.h"
#include "base/log.h"

namespace swarmward::api {

namespace {

/// Everything at and below these paths is ours, unknown paths too.
constexpr std::array<std::string_view, 7> kOwnRoots{
    "/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs", "/ward"};

Response reply_of(Result<Response> outcome, ApiVersion version) {
  return outcome ? std::move(*outcome) : error_response(outcome.error(), version);
}

/// Runs a handler of either kind and sends its answer.
template <class Family>
asio::awaitable<void> answer(Family* family, Route<Family> const* route, Call const* call) {
  auto const version = call->request.version;
  Responder* const responder = call->responder;
  if (auto const* read = std::get_if<Read<Family>>(&route->handler)) {
    auto response = reply_of((family->**read)(*call), version);
    co_await responder->send(std::move(response));
    co_return;
  }
  if (auto const* act = std::get_if<Act<Family>>(&route->handler)) {
    auto outcome = co_await (family->**act)(call);
    auto response = reply_of(std::move(outcome), version);
    co_await responder->send(std::move(response));
    co_return;
  }
  auto const stream = std::get<Stream<Family>>(route->handler);
  auto streamed = co_await (family->*stream)(call);
  if (!streamed) {
    auto response = error_response(streamed.error(), version);
    co_await responder->send(std::move(response));
  }
}

/// Engines since 29 say so; older ones answer all versions. Source: their message.
Error too_old_for(std::string_view method, std::string_view pattern, ApiVersion since) {
  return invalid_argument(std::string(method) + " " + std::string(pattern) +
                          " requires minimum API version " + to_string(since));
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view path, std::string* id) {
  constexpr std::string_view kParameter = "{id}";
  auto const at = pattern.find(kParameter);
  if (at == std::string_view::npos) {
    return pattern == path;
  }
  auto const before = pattern.substr(0, at);
  auto const after = pattern.substr(at + kParameter.size());
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return false;
  }
  auto const segment = path.substr(at, path.size() - before.size() - after.size());
  if (segment.find('/') != std::string_view::npos) {
    return false;
  }
  *id = segment;
  return true;
}

SwarmApi::SwarmApi(Scope scope,
                   state::StateStore& store,
                   SwarmControl& control,
                   WardControl& ward,
                   AttachControl& attachments,
                   EventLog& events,
                   ContainerIndex const& containers,
                   Clock const& clock,
                   RandomBytes random)
    : scope_(scope),
      context_{store, control, ward, events, containers, clock, std::move(random)},
      swarm_(context_),
      networks_(context_, attachments),
      nodes_(context_),
      services_(context_),
      tasks_(context_),
      logs_(context_),
      events_(context_),
      containers_(context_, attachments),
      info_(context_),
      secrets_(context_),
      configs_(context_),
      ward_(context_),
      registries_(context_),
      volumes_(context_),
      cluster_hosts_(context_),
      cluster_volumes_(cluster_hosts_),
      cluster_containers_(context_,
                          attachments,
                          cluster_hosts_,
                          cluster_volumes_,
                          {containers_, networks_, events_}) {
  if (scope == Scope::Cluster) {
    add(cluster_containers_);
    add(cluster_volumes_);
  }
  add(swarm_);
  add(networks_);
  add(nodes_);
  add(services_);
  add(tasks_);
  add(logs_);
  add(events_);
  add(containers_);
  add(info_);
  add(secrets_);
  add(configs_);
  add(ward_);
  add(registries_);
  add(volumes_);
}

template <class Family>
void SwarmApi::add(Family& family) {
  for (Route<Family> const& route : Family::routes()) {
    entries_.push_back(
        {route.method, route.pattern, route.since, [&family, &route](Call const* call) {
           return answer(&family, &route, call);
         }});
  }
}

bool SwarmApi::owns(std::string_view method,
                    std::string_view path,
                    ApiVersion version,
                    std::string_view raw_query) const {
  if (scope_ == Scope::Cluster && owns_for_cluster(method, path)) {
    return true;
  }
  if (path == "/info" || path == "/version" || path == "/events") {
    return method == "GET";
  }
  if (containers_.owns(method, path, raw_query) || networks_.owns(method, path) ||
      volumes_.owns(method, path, version)) {
    return true;
  }
  return std::ranges::any_of(kOwnRoots, [&](std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
  });
}

bool SwarmApi::owns_for_cluster(std::string_view method, std::string_view path) const {
  auto const matches = [&](auto const& route) {
    std::string id;
    return route.method == method && matches_pattern(route.pattern, path, &id);
  };
  return std::ranges::any_of(ClusterContainers::routes(), matches) ||
         std::ranges::any_of(ClusterVolumes::routes(), matches);
}

std::shared_ptr<Upstream const> SwarmApi::upstream_of(std::string_view path) const {
  return containers_.upstream_of(path);
}

asio::awaitable<Result<std::shared_ptr<Upstream const>>> SwarmApi::find_upstream(
    std::string path) const {
  Result<std::shared_ptr<Upstream const>> upstream = upstream_of(path);
  if (!*upstream && scope_ == Scope::Cluster) {
    auto found = co_await cluster_containers_.find_upstream(std::move(path));
    upstream = std::move(found);
  }
  co_return upstream;
}

Result<std::shared_ptr<Upstream const>> SwarmApi::node_upstream(std::string const& name) const {
  return containers_.node_upstream(name);
}

SwarmApi::Entry const* SwarmApi::find(std::string_view method,
                                      std::string_view path,
                                      std::string* id) const {
  // Fixed paths first: "/services/create" is not the service called "create".
  for (auto const& entry : entries_) {
    if (entry.method == method && entry.pattern == path) {
      return &entry;
    }
  }
  for (auto const& entry : entries_) {
    if (entry.method == method && matches_pattern(entry.pattern, path, id)) {
      return &entry;
    }
  }
  return nullptr;
}

asio::awaitable<void> SwarmApi::handle(Request request, Responder& responder) {
  Call call;
  call.request = std::move(request);
  call.snapshot = context_.store.snapshot();
  call.responder = &responder;
  call.worker = context_.control.worker();
  auto const* entry = find(call.request.method, call.request.path, &call.id);
  if (entry == nullptr) {
    auto response = page_not_found();
    co_await responder.send(std::move(response));
    co_return;
  }
  if (call.request.version < entry->since) {
    auto response = error_response(too_old_for(entry->method, entry->pattern, entry->since),
                                   call.request.version);
    co_await responder.send(std::move(response));
    co_return;
  }
  co_await entry->run(&call);
}

}  // namespace swarmward::api
