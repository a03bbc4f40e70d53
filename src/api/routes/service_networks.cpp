#include "api/routes/service_networks.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace swarmward::api {

namespace {

bool is_predefined(std::string const& target) {
  return target == "host" || target == "bridge";
}

/// It can stand in a path as it is.
bool is_plain(std::string const& target) {
  return !target.empty() && std::ranges::all_of(target, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
}

/// The name of the engine's own network that `target` stands for; empty if there is none.
asio::awaitable<std::string> local_network(SwarmControl* control, std::string const* target) {
  if (!is_plain(*target)) {
    co_return std::string();
  }
  auto const engine = control->local_engine();
  auto path = "/networks/" + *target;
  auto const document = co_await engine->get_document(std::move(path));
  if (!document) {
    co_return std::string();
  }
  auto const network = nlohmann::json::parse(*document, nullptr, false);
  if (!network.is_object()) {
    co_return std::string();
  }
  co_return network.value("Name", std::string());
}

asio::awaitable<Result<void>> check_network(SwarmControl* control, std::string const* target) {
  if (*target == "none") {
    co_return not_found(
        "could not find the corresponding predefined swarm network: network none not found");
  }
  if (*target == "ingress") {
    co_return rpc_error("InvalidArgument",
                        "Service cannot be explicitly attached to the ingress network \"ingress\"");
  }
  auto const name = co_await local_network(control, target);
  if (name.empty()) {
    co_return internal_error("network " + *target + " not found");
  }
  Error refused;
  refused.code = ErrorCode::Forbidden;
  refused.message = "The network " + name +
                    " cannot be used with services. Only networks scoped to the swarm can be used, "
                    "such as those created with the overlay driver.";
  co_return refused;
}

}  // namespace

asio::awaitable<Result<void>> check_networks(SwarmControl* control,
                                             model::ServiceSpec const* spec) {
  Result<void> checked;
  for (auto const& network : spec->task.networks) {
    if (checked && !is_predefined(network.target)) {
      auto one = co_await check_network(control, &network.target);
      checked = std::move(one);
    }
  }
  co_return checked;
}

}  // namespace swarmward::api
