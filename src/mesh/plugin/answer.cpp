#include "mesh/plugin/answer.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "wire/body.h"

namespace swarmward::mesh {

namespace {

using nlohmann::json;

/// Source: the engine's protocol of remote network drivers.
constexpr int kOnTheWire = 1;

/// Says which alternative is meant: a json can be made from almost anything.
Result<json> result_of(json document) {
  return Result<json>(boost::system::in_place_value, std::move(document));
}

Result<json> empty_unless_failed(Result<void> const& done) {
  return done ? result_of(json::object()) : Result<json>(done.error());
}

Result<json> activate(std::string_view /*body*/, NetworkDriver& /*driver*/) {
  return result_of(json{{"Implements", json::array({"NetworkDriver"})}});
}

/// Scope local: with any other the engine asks for a swarm of its own.
Result<json> capabilities(std::string_view /*body*/, NetworkDriver& /*driver*/) {
  return result_of(json{{"Scope", "local"}, {"ConnectivityScope", "global"}});
}

Result<json> create_network(std::string_view body, NetworkDriver& driver) {
  auto const request = create_network_from(body);
  return request ? empty_unless_failed(driver.create_network(*request)) : request.error();
}

Result<json> delete_network(std::string_view body, NetworkDriver& driver) {
  auto const network = network_from(body);
  return network ? empty_unless_failed(driver.delete_network(*network)) : network.error();
}

Result<json> create_endpoint(std::string_view body, NetworkDriver& driver) {
  auto const request = create_endpoint_from(body);
  if (!request) {
    return request.error();
  }
  auto const made = driver.create_endpoint(*request);
  if (!made) {
    return made.error();
  }
  return result_of(json{{"Interface", {{"Address", made->address}, {"MacAddress", made->mac}}}});
}

Result<json> delete_endpoint(std::string_view body, NetworkDriver& driver) {
  auto const request = endpoint_from(body);
  return request ? empty_unless_failed(driver.delete_endpoint(*request)) : request.error();
}

Result<json> join(std::string_view body, NetworkDriver& driver) {
  auto const request = endpoint_from(body);
  if (!request) {
    return request.error();
  }
  auto const joined = driver.join(*request);
  if (!joined) {
    return joined.error();
  }
  // Without a router the engine adds its own bridge, which leads outside.
  json answer{{"InterfaceName", {{"SrcName", joined->device}, {"DstPrefix", "eth"}}},
              {"DisableGatewayService", joined->internal}};
  for (auto const& subnet : joined->on_wire) {
    answer["StaticRoutes"].push_back(
        {{"Destination", to_text(subnet)}, {"RouteType", kOnTheWire}, {"NextHop", ""}});
  }
  return result_of(std::move(answer));
}

Result<json> leave(std::string_view body, NetworkDriver& driver) {
  auto const request = endpoint_from(body);
  return request ? empty_unless_failed(driver.leave(*request)) : request.error();
}

Result<json> oper_info(std::string_view /*body*/, NetworkDriver& /*driver*/) {
  return result_of(json{{"Value", json::object()}});
}

constexpr std::array kCalls{
    std::pair{std::string_view("/Plugin.Activate"), &activate},
    std::pair{std::string_view("/NetworkDriver.GetCapabilities"), &capabilities},
    std::pair{std::string_view("/NetworkDriver.CreateNetwork"), &create_network},
    std::pair{std::string_view("/NetworkDriver.DeleteNetwork"), &delete_network},
    std::pair{std::string_view("/NetworkDriver.CreateEndpoint"), &create_endpoint},
    std::pair{std::string_view("/NetworkDriver.DeleteEndpoint"), &delete_endpoint},
    std::pair{std::string_view("/NetworkDriver.EndpointOperInfo"), &oper_info},
    std::pair{std::string_view("/NetworkDriver.Join"), &join},
    std::pair{std::string_view("/NetworkDriver.Leave"), &leave},
};

PluginReply refusal(int status, std::string const& why) {
  return {.status = status, .body = wire::dump_json(json{{"Err", why}})};
}

}  // namespace

PluginReply answer_engine(std::string_view path, std::string_view body, NetworkDriver& driver) {
  for (auto const& [name, call] : kCalls) {
    if (name != path) {
      continue;
    }
    auto const answer = call(body, driver);
    if (answer) {
      return {.status = 200, .body = wire::dump_json(*answer)};
    }
    room_log("mesh")->warn("plugin.refused call={} reason=\"{}\"", name, answer.error().message);
    bool const own_fault = answer.error().code == ErrorCode::InvalidArgument;
    return refusal(own_fault ? 400 : 500, answer.error().message);
  }
  return refusal(404, "this driver has no such call");
}

}  // namespace swarmward::mesh
