#include "api/routes/network_request.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "api/routes/network_lookup.h"
#include "wire/validate/network_spec.h"

namespace swarmward::api {

namespace {

constexpr char const* kOverlay = "overlay";

Error forbidden(std::string message) {
  return {ErrorCode::Forbidden, std::move(message)};
}

Error taken(std::string const& name) {
  return conflict("network with name " + name + " already exists");
}

Result<void> check_before_engine(wire::NetworkRequest const& request) {
  auto const& name = request.spec.annotations.name;
  if (name.empty()) {
    return invalid_argument("invalid name: name is empty");
  }
  if (name == "none" || name == "default") {
    return forbidden("operation is not permitted on predefined " + name + " network ");
  }
  if (auto masked = wire::check_subnets_are_masked(request.spec); !masked) {
    return masked;
  }
  if (!request.ipv4) {
    return invalid_argument("IPv4 cannot be disabled in a Swarm scoped network");
  }
  return {};
}

/// This manager's engine has the driver: native looks there.
bool has_network_plugin(state::Snapshot const& snapshot, std::string const& driver) {
  auto const node = snapshot.find_node(snapshot.cluster->manager_node);
  return node && std::ranges::any_of(node->description.plugins, [&](model::Plugin const& plugin) {
           return plugin.type == "Network" &&
                  (plugin.name == driver || plugin.name == driver + ":latest");
         });
}

/// What members' interfaces can have; native finds out when a task starts.
Result<void> check_mtu(model::NetworkSpec const& spec) {
  auto const option = spec.driver.options.find("com.docker.network.driver.mtu");
  if (option == spec.driver.options.end()) {
    return {};
  }
  constexpr unsigned kLeast = 576;
  constexpr unsigned kMost = 65485;
  unsigned mtu = 0;
  auto const* const end = option->second.data() + option->second.size();
  auto const [stop, error] = std::from_chars(option->second.data(), end, mtu);
  if (error != std::errc{} || stop != end || mtu < kLeast || mtu > kMost) {
    return invalid_argument("invalid MTU value: " + option->second + ": give a number from " +
                            std::to_string(kLeast) + " to " + std::to_string(kMost));
  }
  return {};
}

Result<void> check_driver(state::Snapshot const& snapshot, wire::NetworkRequest const& request) {
  auto const& driver = request.spec.driver.name;
  if (driver == kOverlay) {
    return request.scope == "local"
               ? Result<void>(forbidden("cannot downgrade network scope for overlay networks"))
               : Result<void>();
  }
  if (driver.empty()) {
    return {};  // What native says of it comes later.
  }
  if (driver == "null") {
    return rpc_error("InvalidArgument", "error during lookup of plugin null");
  }
  if (driver == "host") {
    return invalid_argument(
        "an engine has one network of the driver host, and services may name it: --network host");
  }
  // Those of our own agents serve one node's part of an overlay.
  if (driver.starts_with("ward-") || !has_network_plugin(snapshot, driver)) {
    return not_found("plugin \"" + driver + "\" not found");
  }
  return request.spec.ingress ? forbidden("Ingress network can only be global scope network")
                              : Result<void>();
}

/// Such a network is another on each node, so that nothing may be said here beside it.
Result<void> check_config_from(model::NetworkSpec const& spec) {
  if (spec.config_from.empty()) {
    return {};
  }
  if (!model::is_node_local(spec)) {
    return invalid_argument(
        "a network of the driver overlay is the same on all nodes: it cannot take its "
        "configuration from another network");
  }
  auto const ipam = spec.ipam_driver.value_or(model::Driver{});
  bool const usual = ipam.name.empty() || ipam.name == "default";
  if (!usual || !ipam.options.empty() || !spec.ipam.empty() || spec.ipv6 ||
      !spec.annotations.labels.empty()) {
    return forbidden(
        "user specified configurations are not supported if the network depends on a "
        "configuration network");
  }
  return spec.driver.options.empty()
             ? Result<void>()
             : forbidden(
                   "network driver options are not supported if the network depends on a "
                   "configuration network");
}

}  // namespace

std::string create_warning(model::NetworkSpec const& spec) {
  bool const shares_wire = spec.driver.name == "macvlan" || spec.driver.name == "ipvlan";
  return shares_wire && !spec.ipam.empty()
             ? "each node gives out addresses of " + spec.ipam.front().subnet +
                   " without asking the others: give each its own range, by a network of the same "
                   "name on each node (docker network create --config-only --ip-range ...) and "
                   "--config-from"
             : "";
}

bool is_for_swarm(wire::NetworkRequest const& request) {
  return !request.config_only && (request.spec.driver.name == kOverlay || request.scope == "swarm");
}

Result<void> check_network_name(state::Snapshot const& snapshot, std::string const& name) {
  if (is_predefined_network(name) || name == kGatewayBridge || find_network_named(snapshot, name)) {
    return taken(name);
  }
  return {};
}

Result<void> check_name_on_worker(std::string const& name) {
  return name == "ingress" ? Result<void>(taken(name)) : Result<void>();
}

asio::awaitable<Result<void>> check_network_request(SwarmControl* control,
                                                    state::Snapshot const* snapshot,
                                                    wire::NetworkRequest const* request) {
  auto checked = check_before_engine(*request);
  if (!checked) {
    co_return checked;
  }
  auto const& name = request->spec.annotations.name;
  auto const local = co_await local_network(control, &name);
  bool const own = local.is_object() && local.value("Name", std::string()) == name;
  if (own && swarm_network_of(local).empty()) {
    co_return taken(name);
  }
  checked = check_config_from(request->spec);
  if (checked) {
    checked = check_driver(*snapshot, *request);
  }
  if (checked) {
    checked = wire::validate_network_spec(request->spec);
  }
  if (checked && !model::is_node_local(request->spec)) {
    checked = check_mtu(request->spec);
  }
  co_return checked;
}

}  // namespace swarmward::api
