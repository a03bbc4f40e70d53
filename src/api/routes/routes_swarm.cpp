#include "api/routes/routes_swarm.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/replies.h"
#include "api/routes/swarm_ops.h"
#include "wire/query.h"
#include "wire/swarm.h"

namespace swarmward::api {

namespace {

using SwarmRoute = Route<Swarm>;
constexpr std::array kSwarmRoutes{
    SwarmRoute{"GET", "/swarm", &Swarm::inspect, ApiVersion{1, 24}},
    SwarmRoute{"POST", "/swarm/init", &Swarm::init, ApiVersion{1, 24}},
    SwarmRoute{"POST", "/swarm/join", &Swarm::join, ApiVersion{1, 24}},
    SwarmRoute{"POST", "/swarm/leave", &Swarm::leave, ApiVersion{1, 24}},
    SwarmRoute{"POST", "/swarm/update", &Swarm::update, ApiVersion{1, 24}},
    SwarmRoute{"GET", "/swarm/unlockkey", &Swarm::unlock_key, ApiVersion{1, 24}},
    SwarmRoute{"POST", "/swarm/unlock", &Swarm::unlock, ApiVersion{1, 24}},
};

Error already_in_swarm() {
  return unavailable(
      "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and "
      "join another one.");
}

/// Source of the versions: the request fields were ignored before their introduction.
InitOptions init_options(wire::InitRequest request, ApiVersion version) {
  InitOptions options;
  options.listen_addr = std::move(request.listen_addr);
  options.advertise_addr = std::move(request.advertise_addr);
  options.data_path_addr = std::move(request.data_path_addr);
  options.force_new_cluster = request.force_new_cluster;
  options.spec = std::move(request.spec.spec);
  options.availability = request.availability;
  if (version >= ApiVersion{1, 39}) {
    options.default_addr_pool = std::move(request.default_addr_pool);
    options.subnet_size = request.subnet_size;
  }
  if (version >= ApiVersion{1, 40}) {
    options.data_path_port = request.data_path_port;
  }
  return options;
}

Result<Rotate> rotate_flag(Request const& request, std::string const& name) {
  auto const asked = wire::strict_bool(name, request.query_value(name));
  if (!asked) {
    return asked.error();
  }
  return *asked ? Rotate::Yes : Rotate::No;
}

/// What the query and the body ask for; nothing of it needs the state.
Result<SwarmUpdate> parse_update(Request const& request) {
  auto const document = read_json(request);
  if (!document) {
    return document.error();
  }
  auto spec = wire::swarm_spec_from_json(*document);
  if (!spec) {
    return spec.error();
  }
  auto const version = wire::parse_version("swarm", request.query_value("version"));
  if (!version) {
    return version.error();
  }
  SwarmUpdate update;
  update.version = *version;
  for (auto const& [name, flag] : {std::pair{"rotateWorkerToken", &update.worker_token},
                                   std::pair{"rotateManagerToken", &update.manager_token},
                                   std::pair{"rotateManagerUnlockKey", &update.unlock_key}}) {
    auto const asked = rotate_flag(request, name);
    if (!asked) {
      return asked.error();
    }
    *flag = *asked;
  }
  update.signing_ca_cert = std::move(spec->signing_ca_cert);
  update.signing_ca_key = std::move(spec->signing_ca_key);
  update.spec = std::move(spec->spec);
  return update;
}

/// What native checks before it calls anybody.
Result<void> check_join(wire::JoinRequest const& request) {
  if (request.listen_addr.empty()) {
    return invalid_argument("invalid ListenAddr \"\": invalid empty address");
  }
  if (request.remote_addrs.empty()) {
    return invalid_argument("at least 1 RemoteAddr is required to join");
  }
  if (!request.join_token.starts_with("SWMTKN-")) {
    return internal_error("invalid join token");
  }
  return {};
}

std::size_t manager_count(state::Snapshot const& snapshot) {
  std::size_t count = 0;
  for (auto const& [id, node] : snapshot.nodes) {
    count += node->role == model::NodeRole::Manager ? 1U : 0U;
  }
  return count;
}

}  // namespace

std::span<Route<Swarm> const> Swarm::routes() {
  return kSwarmRoutes;
}

Result<Response> Swarm::inspect(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  return json_reply(wire::to_json(*call.snapshot->cluster));
}

asio::awaitable<Result<Response>> Swarm::init(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  auto request = wire::init_request_from_json(*document);
  if (!request) {
    co_return request.error();
  }
  if (call->worker && request->force_new_cluster) {
    co_return require_manager(*call).error();
  }
  if (call->worker || (call->snapshot->cluster && !request->force_new_cluster)) {
    co_return already_in_swarm();
  }
  if (auto const valid = wire::validate_swarm_spec(request->spec.spec); !valid) {
    // Native finds out when the swarm is already there, hence its context and its 500.
    co_return internal_error("error updating cluster settings: " + valid.error().message);
  }
  auto options = init_options(std::move(*request), call->request.version);
  auto node = co_await context_.control.init(std::move(options));
  if (!node) {
    co_return node.error();
  }
  nlohmann::json const id = node->str();
  co_return json_reply(id);
}

asio::awaitable<Result<Response>> Swarm::join(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  auto const request = wire::join_request_from_json(*document);
  if (!request) {
    co_return request.error();
  }
  if (call->snapshot->cluster || call->worker) {
    co_return already_in_swarm();
  }
  if (auto const valid = check_join(*request); !valid) {
    co_return valid.error();
  }
  auto const joined = co_await context_.control.join(*request);
  if (!joined) {
    co_return joined.error();
  }
  co_return empty_reply();
}

asio::awaitable<Result<Response>> Swarm::leave(Call const* call) {
  auto const force = wire::loose_bool(call->request.query_value("force")) ? Force::Yes : Force::No;
  if (!call->snapshot->cluster && !call->worker) {
    co_return unavailable("This node is not part of a swarm");
  }
  if (!call->worker && force == Force::No && manager_count(*call->snapshot) <= 1) {
    co_return unavailable(
        "You are attempting to leave the swarm on a node that is participating as a manager. "
        "Removing the last manager erases all current state of the swarm. Use `--force` to ignore "
        "this message. ");
  }
  auto left = co_await context_.control.leave(force);
  if (!left) {
    co_return left.error();
  }
  co_return empty_reply();
}

asio::awaitable<Result<Response>> Swarm::update(Call const* call) {
  auto parsed = parse_update(call->request);
  if (!parsed) {
    co_return parsed.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  if (auto const valid = wire::validate_swarm_spec(parsed->spec); !valid) {
    co_return valid.error();
  }
  auto update = std::move(*parsed);
  if (update.worker_token == Rotate::Yes) {
    update.new_worker_token = context_.control.new_join_token();
  }
  if (update.manager_token == Rotate::Yes) {
    update.new_manager_token = context_.control.new_join_token();
  }
  CaUpdate of_ca{
      update.spec.ca, std::move(update.signing_ca_cert), std::move(update.signing_ca_key)};
  auto ca_change = co_await context_.control.ca_change(std::move(of_ca));
  update.ca_change = std::move(ca_change);
  if (update.spec.autolock) {
    update.new_unlock_key = context_.control.new_unlock_key();
  }
  state::Change change = [update = std::move(update)](state::Draft& draft) {
    return update_swarm(draft, update);
  };
  auto version = co_await context_.store.update(std::move(change));
  if (!version) {
    co_return version.error();
  }
  // Before the answer: who is shown a new unlock key must be able to rely on it.
  if (auto const locked = context_.control.keep_locked(); !locked) {
    co_return locked.error();
  }
  co_return empty_reply();
}

Result<Response> Swarm::unlock_key(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  nlohmann::json document;
  document["UnlockKey"] = call.snapshot->cluster->unlock_key;
  return json_reply(document);
}

Result<Response> Swarm::unlock(Call const& call) const {
  auto const document = read_json(call.request);
  if (!document) {
    return document.error();
  }
  if (call.worker && call.worker->locked) {
    auto const key = wire::unlock_key_from_json(*document);
    if (!key) {
      return key.error();
    }
    auto const unlocked = context_.control.unlock(*key);
    return unlocked ? empty_reply() : Result<Response>(unlocked.error());
  }
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  return conflict("swarm is not locked");
}

}  // namespace swarmward::api
