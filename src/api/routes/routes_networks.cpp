#include "api/routes/routes_networks.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/passthrough/forward.h"
#include "api/router.h"
#include "api/routes/network_documents.h"
#include "api/routes/network_filters.h"
#include "api/routes/network_lookup.h"
#include "api/routes/network_ops.h"
#include "api/routes/network_prune.h"
#include "api/routes/network_request.h"
#include "api/routes/replies.h"
#include "api/routes/worker_networks.h"
#include "base/percent_encode.h"
#include "wire/body.h"
#include "wire/query.h"

namespace swarmward::api {

namespace {

using NetworkRoute = Route<Networks>;
constexpr std::array kNetworkRoutes{
    NetworkRoute{"GET", "/networks", &Networks::list, ApiVersion{1, 24}},
    NetworkRoute{"GET", "/networks/", &Networks::list, ApiVersion{1, 24}},
    NetworkRoute{"GET", "/networks/{id}", &Networks::inspect, ApiVersion{1, 24}},
    NetworkRoute{"POST", "/networks/create", &Networks::create, ApiVersion{1, 24}},
    NetworkRoute{"POST", "/networks/prune", &Networks::prune, ApiVersion{1, 25}},
    NetworkRoute{"POST", "/networks/{id}/connect", &Networks::connect, ApiVersion{1, 24}},
    NetworkRoute{"POST", "/networks/{id}/disconnect", &Networks::disconnect, ApiVersion{1, 24}},
    NetworkRoute{"DELETE", "/networks/{id}", &Networks::remove, ApiVersion{1, 24}},
};

constexpr std::string_view kConnect = "/networks/{id}/connect";
constexpr std::string_view kDisconnect = "/networks/{id}/disconnect";

Error no_network(std::string const& input) {
  return not_found("network " + input + " not found");
}

std::string matches_found(NetworkMatch const& match) {
  return std::to_string(match.ambiguous) + " matches found based on " + std::string(match.basis);
}

/// The engine's list without its parts of the swarm's networks, an element a text.
Result<std::vector<std::string>> engines_own(std::string const& list) {
  auto const document = nlohmann::ordered_json::parse(list, nullptr, false);
  if (!document.is_array()) {
    return unavailable("the engine's list of networks is malformed");
  }
  std::vector<std::string> texts;
  for (auto const& network : document) {
    if (swarm_network_of(nlohmann::json(network)).empty()) {
      texts.push_back(network.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
  }
  return texts;
}

/// What a worker answers itself: it knows which networks its containers are in.
bool is_for_worker(std::string_view method, std::string_view path) {
  std::string id;
  if (method == "GET" || method == "DELETE") {
    bool const list = method == "GET" && (path == "/networks" || path == "/networks/");
    return list || matches_pattern("/networks/{id}", path, &id);
  }
  return method == "POST" &&
         (path == "/networks/create" || path == "/networks/prune" ||
          matches_pattern(kConnect, path, &id) || matches_pattern(kDisconnect, path, &id));
}

bool asks_swarm_alone(Call const& call) {
  return call.request.query_value("scope") == "swarm";
}

}  // namespace

std::span<NetworkRoute const> Networks::routes() {
  return kNetworkRoutes;
}

bool Networks::owns(std::string_view method, std::string_view path) const {
  if (!path.starts_with("/networks")) {
    return false;
  }
  auto const snapshot = context_.store.snapshot();
  if (!snapshot->cluster) {
    // A worker is told to go to a manager, which its engine does not know to be one.
    auto const worker = context_.control.worker();
    return worker && !worker->locked && is_for_worker(method, path);
  }
  std::string id;
  if (method == "POST" &&
      (matches_pattern(kConnect, path, &id) || matches_pattern(kDisconnect, path, &id))) {
    return find_networks(*snapshot, id).size() == 1;
  }
  for (auto const& route : kNetworkRoutes) {
    if (route.method == method && matches_pattern(route.pattern, path, &id)) {
      return true;
    }
  }
  return false;
}

asio::awaitable<Result<Response>> Networks::forward(Call const* call) {
  auto request = call->request;
  auto answer = co_await forward_to_engine(context_.control.local_upstream(), std::move(request));
  co_return answer;
}

asio::awaitable<Result<Response>> Networks::list(Call const* call) {
  auto const asked = call->request.query_value("filters");
  auto const filters = wire::parse_filters(asked);
  if (!filters) {
    co_return filters.error();
  }
  if (auto const known = check_network_filters(*filters); !known) {
    co_return known.error();
  }
  auto snapshot = call->snapshot;
  if (!snapshot->cluster) {
    auto here = co_await networks_of_worker(&context_.control);
    snapshot = std::move(here);
  }
  std::vector<std::string> texts;
  for (auto const& network : filter_networks(*snapshot, *filters)) {
    texts.push_back(wire::dump_json(wire::to_json(*network)));
  }
  auto const engine = context_.control.local_engine();
  auto path = "/networks" + (asked.empty() ? "" : "?filters=" + percent_encode(asked));
  auto const local = co_await engine->get_document(std::move(path));
  if (!local) {
    co_return local.error();
  }
  auto own = engines_own(*local);
  if (!own) {
    co_return own.error();
  }
  texts.insert(texts.end(), own->begin(), own->end());
  co_return list_reply(texts);
}

asio::awaitable<Result<Response>> Networks::inspect(Call const* call) {
  auto const verbose = wire::strict_bool("verbose", call->request.query_value("verbose"));
  if (!verbose) {
    co_return verbose.error();
  }
  auto known = call->snapshot;
  if (!known->cluster) {
    auto here = co_await networks_of_worker(&context_.control);
    known = std::move(here);
  }
  auto const& snapshot = *known;
  bool const swarm_alone = asks_swarm_alone(*call);
  if (swarm_alone && is_predefined_network(call->id) && snapshot.cluster) {
    co_return json_reply(
        wire::predefined_network_json(call->id, snapshot.cluster->meta.created_at));
  }
  NetworkMatch match;
  if (swarm_alone) {
    match = match_in_swarm(snapshot, call->id);
  } else {
    auto found = co_await match_network(&context_.control, &snapshot, &call->id);
    match = std::move(found);
  }
  if (match.ambiguous > 0) {
    co_return invalid_argument(matches_found(match) + ": network " + call->id + " is ambiguous");
  }
  auto const scope = call->request.query_value("scope");
  bool const hidden = match.swarm && !scope.empty() && !swarm_alone;
  if (match.vanished || hidden || (swarm_alone && !match.swarm)) {
    co_return no_network(call->id);
  }
  if (!match.swarm) {
    auto answer = co_await forward(call);
    co_return answer;
  }
  auto const name = match.swarm->name();
  auto local = co_await local_network(&context_.control, &name);
  if (!local.is_object() || swarm_network_of(local) != match.swarm->id.view()) {
    local = nullptr;
  }
  auto const detail = *verbose ? NetworkDetail::Services : NetworkDetail::Plain;
  co_return json_reply(network_document(snapshot, *match.swarm, local, detail));
}

asio::awaitable<Result<Response>> Networks::create(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  auto request = wire::network_request_from_json(*document);
  if (!request) {
    co_return request.error();
  }
  auto const version = call->request.version;
  wire::trim_for_version(*request, version.major, version.minor);
  bool const for_swarm = is_for_swarm(*request);
  if (!call->snapshot->cluster && for_swarm && call->worker) {
    Error error{ErrorCode::Forbidden,
                "Cannot create a multi-host network from a worker node. Please create the network "
                "from a manager node."};
    co_return error;
  }
  auto const& name = request->spec.annotations.name;
  auto const free =
      call->worker ? check_name_on_worker(name) : check_network_name(*call->snapshot, name);
  if ((call->worker || call->snapshot->cluster) && !free) {
    co_return free.error();
  }
  if (!call->snapshot->cluster || !for_swarm) {
    auto answer = co_await forward(call);
    co_return answer;
  }
  auto const valid =
      co_await check_network_request(&context_.control, call->snapshot.get(), &*request);
  if (!valid) {
    co_return valid.error();
  }
  auto const id = new_id<model::NetworkTag>(context_.random);
  nlohmann::json const reply{{"Id", id.str()}, {"Warning", create_warning(request->spec)}};
  NetworkCreate create{id, std::move(request->spec)};
  state::Change change = [create](state::Draft& draft) { return create_network(draft, create); };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return json_reply(reply, 201);
}

asio::awaitable<Result<Response>> Networks::remove(Call const* call) {
  auto const match = co_await match_network(&context_.control, call->snapshot.get(), &call->id);
  if (match.ambiguous > 0) {
    co_return invalid_argument("network " + call->id + " is ambiguous (" + matches_found(match) +
                               ")");
  }
  if (match.vanished) {
    co_return no_network(call->id);
  }
  if (!match.swarm) {
    auto const local = co_await local_network(&context_.control, &call->id);
    if (auto const may_go = check_removable(local); !may_go) {
      co_return may_go.error();
    }
    auto answer = co_await forward(call);
    co_return answer;
  }
  state::Change change = [id = match.swarm->id](state::Draft& draft) {
    return remove_network(draft, id);
  };
  auto again = change;
  auto written = co_await context_.store.update(std::move(change));
  if (!written) {  // A container that has just been removed need not be known to be gone.
    co_await look_again(&context_, match.swarm->id);
    auto second = co_await context_.store.update(std::move(again));
    written = std::move(second);
  }
  if (!written) {
    co_return written.error();
  }
  auto reply = empty_reply();
  reply.status = 204;
  co_return reply;
}

asio::awaitable<Result<Response>> Networks::prune(Call const* call) {
  auto filters = wire::parse_filters(call->request.query_value("filters"));
  if (!filters) {
    co_return filters.error();
  }
  auto const prune = parse_prune_filters(std::move(*filters), context_.clock.now());
  if (!prune) {
    co_return prune.error();
  }
  auto names = co_await prune_swarm_networks(&context_.store, *prune);
  auto const engine = context_.control.local_engine();
  auto const local = co_await prune_local_networks(engine, *prune);
  names.insert(names.end(), local.begin(), local.end());
  nlohmann::json reply;
  reply["NetworksDeleted"] = names.empty() ? nlohmann::json(nullptr) : nlohmann::json(names);
  co_return json_reply(reply);
}

asio::awaitable<Result<Response>> Networks::connect(Call const* call) {
  auto const host = this_host(context_.control);
  auto answer = co_await connect_container(&attaching_, &host, call);
  co_return answer;
}

asio::awaitable<Result<Response>> Networks::disconnect(Call const* call) {
  auto const host = this_host(context_.control);
  auto answer = co_await disconnect_container(&attaching_, &host, call);
  co_return answer;
}

}  // namespace swarmward::api
