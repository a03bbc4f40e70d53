#include "api/routes/service_networks.h"

#include <algorithm>

#include "api/routes/network_lookup.h"

namespace swarmward::api {

namespace {

constexpr std::string_view kNoNetwork = "none";

/// It can stand in a path as it is.
bool is_plain(std::string const& target) {
  return !target.empty() && std::ranges::all_of(target, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
}

Error explicit_ingress(std::string const& name) {
  return rpc_error("InvalidArgument",
                   "Service cannot be explicitly attached to the ingress network \"" + name + "\"");
}

Error unknown(std::string const& target) {
  return internal_error("network " + target + " not found");
}

Error no_counterpart(std::string const& name) {
  return not_found("could not find the corresponding predefined swarm network: network " + name +
                   " not found");
}

/// Nothing of the swarm is called so: the swarm's counterpart of a network of the engine, or why
/// there is none.
asio::awaitable<Result<std::string>> counterpart(SwarmControl* control, std::string const* target) {
  if (*target == kNoNetwork) {
    co_return no_counterpart(*target);
  }
  if (*target == "ingress") {  // Swarms that were founded before there were networks have none.
    co_return explicit_ingress(*target);
  }
  if (!is_plain(*target)) {
    co_return unknown(*target);
  }
  auto const local = co_await local_network(control, target);
  // The engine's part of a network that has just been removed is not one of its own.
  if (!local.is_object() || !swarm_network_of(local).empty()) {
    co_return unknown(*target);
  }
  auto const name = local.value("Name", std::string());
  if (is_predefined_network(name)) {
    co_return name;
  }
  if (name == kNoNetwork) {
    co_return no_counterpart(name);
  }
  Error refused;
  refused.code = ErrorCode::Forbidden;
  refused.message = "The network " + name +
                    " cannot be used with services. Only networks scoped to the swarm can be used, "
                    "such as those created with the overlay driver.";
  co_return refused;
}

asio::awaitable<Result<void>> resolve(SwarmControl* control,
                                      state::Snapshot const* snapshot,
                                      std::string* target) {
  auto const match = match_in_swarm(*snapshot, *target);
  if (match.ambiguous > 0) {
    co_return internal_error("network " + *target + " is ambiguous (" +
                             std::to_string(match.ambiguous) + " matches found)");
  }
  if (!match.swarm) {
    auto const named = co_await counterpart(control, target);
    if (!named) {
      co_return named.error();
    }
    *target = *named;
    co_return Result<void>{};
  }
  if (match.swarm->spec.ingress) {
    co_return explicit_ingress(match.swarm->name());
  }
  *target = match.swarm->id.str();
  co_return Result<void>{};
}

}  // namespace

asio::awaitable<Result<void>> resolve_networks(SwarmControl* control,
                                               state::Snapshot const* snapshot,
                                               model::ServiceSpec* spec) {
  Result<void> resolved;
  for (auto& network : spec->task.networks) {
    if (resolved && !is_predefined_network(network.target)) {
      auto one = co_await resolve(control, snapshot, &network.target);
      resolved = std::move(one);
    }
  }
  co_return resolved;
}

}  // namespace swarmward::api
