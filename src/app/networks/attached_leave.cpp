#include "app/networks/attached_leave.h"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include "api/passthrough/engine_call.h"
#include "backends/runner/attached_containers.h"
#include "base/log.h"
#include "base/percent_encode.h"

namespace swarmward::app {

namespace {

constexpr char const* kLabel = "ward.node.id";

std::set<std::string> names_in(std::string const& list) {
  std::set<std::string> names;
  auto const document = nlohmann::json::parse(list, nullptr, false);
  for (auto const& network : document.is_array() ? document : nlohmann::json::array()) {
    auto const name = network.is_object() ? network.value("Name", std::string()) : std::string();
    if (!name.empty()) {
      names.insert(name);
    }
  }
  return names;
}

api::EngineRequest disconnecting(std::string const& container,
                                 std::string const& network,
                                 api::ApiVersion version) {
  nlohmann::json const body{{"Container", container}, {"Force", true}};
  api::EngineRequest request;
  request.method = "POST";
  request.target =
      "/v" + api::to_string(version) + "/networks/" + percent_encode(network) + "/disconnect";
  request.content_type = "application/json";
  request.body = body.dump();
  return request;
}

}  // namespace

boost::asio::awaitable<void> disconnect_attached(std::shared_ptr<backends::Engine> engine,
                                                 std::shared_ptr<api::Upstream const> upstream,
                                                 model::NodeId node) {
  nlohmann::json const filters = {{"label", {std::string(kLabel) + "=" + node.str()}}};
  auto path = "/networks?filters=" + percent_encode(filters.dump());
  auto const networks = co_await engine->get_document(std::move(path));
  auto const names = networks ? names_in(*networks) : std::set<std::string>();
  if (names.empty()) {
    co_return;
  }
  auto members_of = backends::members_path(names);
  auto const list = co_await engine->get_document(std::move(members_of));
  if (!list) {
    co_return;
  }
  auto const executor = co_await boost::asio::this_coro::executor;
  for (auto const& member : backends::members_from(*list)) {
    for (auto const& network : member.networks) {
      if (!names.contains(network)) {
        continue;
      }
      auto request = disconnecting(member.container, network, upstream->facts.version);
      auto const done = co_await api::call_engine(executor, upstream->dialer, std::move(request));
      if (!done) {
        room_log("app")->warn(
            "container.not_disconnected name={} network={}", member.name, network);
      }
    }
  }
}

}  // namespace swarmward::app
