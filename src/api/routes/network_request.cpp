#include "api/routes/network_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "api/routes/network_lookup.h"
#include "wire/validate/network_spec.h"

namespace swarmward::api {

namespace {

constexpr char const* kOverlay = "overlay";
/// Drivers that every engine has, and that native can use on all nodes at once.
constexpr std::array<std::string_view, 5> kNodeDrivers{
    "bridge", "host", "ipvlan", "macvlan", "null"};

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

Result<void> check_driver(wire::NetworkRequest const& request) {
  auto const& driver = request.spec.driver.name;
  if (driver == kOverlay) {
    return request.scope == "local"
               ? Result<void>(forbidden("cannot downgrade network scope for overlay networks"))
               : Result<void>();
  }
  if (driver.empty()) {
    return {};  // What native says of it comes later.
  }
  if (std::ranges::find(kNodeDrivers, driver) != kNodeDrivers.end()) {
    return rpc_error("Unimplemented",
                     "networks of the swarm with the driver " + driver +
                         " are not part of this version of swarmward: use overlay");
  }
  return not_found("plugin \"" + driver + "\" not found");
}

/// A network that others are configured after is one host's: the swarm cannot take it over.
asio::awaitable<Result<void>> check_config_from(SwarmControl* control, std::string const* name) {
  Result<void> checked;
  if (name->empty()) {
    co_return checked;
  }
  auto const local = co_await local_network(control, name);
  bool const known = local.is_object() && local.value("ConfigOnly", false);
  checked = known ? rpc_error("Unimplemented",
                              "networks of the swarm cannot take their configuration from another "
                              "network in this version of swarmward")
                  : not_found("configuration network \"" + *name + "\" does not exist");
  co_return checked;
}

}  // namespace

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
  checked = check_driver(*request);
  if (checked) {
    auto configured = co_await check_config_from(control, &request->config_from);
    checked = std::move(configured);
  }
  if (checked) {
    checked = wire::validate_network_spec(request->spec);
  }
  if (checked) {
    checked = check_mtu(request->spec);
  }
  co_return checked;
}

}  // namespace swarmward::api
