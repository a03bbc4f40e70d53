#include "api/cluster/cluster_volumes.h"

#include <algorithm>
#include <array>

#include "api/manager_check.h"
#include "api/passthrough/forward.h"
#include "api/passthrough/query_text.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

using VolumeRoute = Route<ClusterVolumes>;
constexpr std::array kVolumeRoutes{
    VolumeRoute{"GET", "/volumes", &ClusterVolumes::list, ApiVersion{1, 24}},
    VolumeRoute{"GET", "/volumes/{id}", &ClusterVolumes::inspect, ApiVersion{1, 24}},
    VolumeRoute{"DELETE", "/volumes/{id}", &ClusterVolumes::remove, ApiVersion{1, 24}},
};

/// Of the driver "local" only what it mounts from a server is the same everywhere.
bool is_shared(OrderedJson const& volume) {
  constexpr std::array<std::string_view, 5> kOverNetwork{"nfs", "nfs4", "cifs", "smb3", "ceph"};
  auto const driver = text_of_part(volume, "Driver");
  auto const type = text_of_part(part_of(volume, "Options"), "type");
  return (!driver.empty() && driver != "local") ||
         std::ranges::find(kOverNetwork, type) != kOverNetwork.end();
}

Response reply_of(OrderedJson const& document) {
  Response response;
  response.body = json_text(document) + "\n";
  return response;
}

}  // namespace

std::span<Route<ClusterVolumes> const> ClusterVolumes::routes() {
  return kVolumeRoutes;
}

asio::awaitable<VolumePlaces> ClusterVolumes::places_of(std::string name) const {
  auto path = "/volumes/" + percent_encode(name);
  auto const answers = co_await hosts_.ask_all(std::move(path));
  VolumePlaces places;
  for (auto const& answer : answers) {
    auto shown =
        answer.document ? OrderedJson::parse(*answer.document, nullptr, false) : OrderedJson();
    if (shown.is_object()) {
      places.nodes.insert(answer.node->id);
      places.shared = is_shared(shown);
      places.shown = std::move(shown);
    }
    if (is_silent(answer)) {
      places.silent.push_back(answer.node);
    }
  }
  co_return places;
}

asio::awaitable<Result<void>> ClusterVolumes::bring(ContainerHost const* host,
                                                    VolumePlaces const* volume) const {
  if (!volume->shared || volume->nodes.contains(host->node)) {
    co_return Result<void>{};
  }
  OrderedJson body;
  for (auto const* key : {"Name", "Driver", "Labels"}) {
    body[key] = part_of(volume->shown, key);
  }
  body["DriverOpts"] = part_of(volume->shown, "Options");
  auto text = json_text(body);
  auto made = co_await host->engine->create_volume(std::move(text));
  co_return made;
}

asio::awaitable<Result<Response>> ClusterVolumes::list(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto path = "/volumes" + query_text(call->request.query);
  auto const answers = co_await hosts_.ask_all(std::move(path));
  auto volumes = OrderedJson::array();
  auto warnings = OrderedJson::array();
  std::set<std::string> shared;
  for (auto const& answer : answers) {
    auto const& [node, document] = answer;
    if (!document && !is_silent(answer)) {
      co_return document.error();  // A filter that engines refuse.
    }
    auto shown = document ? OrderedJson::parse(*document, nullptr, false) : OrderedJson();
    if (!shown.is_object()) {
      warnings.push_back("node " + node->description.hostname + " does not answer");
      continue;
    }
    auto const& list = part_of(shown, "Volumes");
    for (auto volume : list.is_array() ? list : OrderedJson::array()) {
      if (is_shared(volume) && !shared.insert(text_of_part(volume, "Name")).second) {
        continue;
      }
      object_in(volume, "Labels")["ward.node"] = node->description.hostname;
      volumes.push_back(std::move(volume));
    }
  }
  OrderedJson all;
  all["Volumes"] = std::move(volumes);
  all["Warnings"] = std::move(warnings);
  co_return reply_of(all);
}

asio::awaitable<Result<Response>> ClusterVolumes::inspect(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const places = co_await places_of(call->id);
  if (places.nodes.empty()) {
    co_return not_found("get " + call->id + ": no such volume");
  }
  co_return reply_of(places.shown);
}

asio::awaitable<model::NodeId> ClusterVolumes::node_of_project(std::string project) const {
  auto path = "/volumes?filters=" + percent_encode(R"({"label":[")" + std::string(kProjectLabel) +
                                                   "=" + project + R"("]})");
  auto const answers = co_await hosts_.ask_all(std::move(path));
  for (auto const& answer : answers) {
    auto const shown =
        answer.document ? OrderedJson::parse(*answer.document, nullptr, false) : OrderedJson();
    auto const& list = part_of(shown, "Volumes");
    bool const any = list.is_array() && std::ranges::any_of(list, [](OrderedJson const& volume) {
                       return !is_shared(volume);
                     });
    if (any) {
      co_return answer.node->id;
    }
  }
  co_return model::NodeId();
}

asio::awaitable<Result<Response>> ClusterVolumes::remove(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const places = co_await places_of(call->id);
  auto const force = call->request.query_value("force");
  if (places.nodes.empty() && (force.empty() || force == "0" || force == "false")) {
    co_return not_found("get " + call->id + ": no such volume");
  }
  Response answer;
  answer.status = 204;
  for (auto const& node : places.nodes) {
    auto const host = hosts_.host(node);
    if (!host) {
      co_return host.error();
    }
    auto request = call->request;
    auto removed = co_await forward_to_engine(host->upstream, std::move(request));
    if (!removed || removed->status >= 300) {
      co_return removed;
    }
    answer = std::move(*removed);
  }
  co_return answer;
}

}  // namespace swarmward::api
