#include "api/routes/routes_ward.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/lookup.h"
#include "api/routes/node_ops.h"
#include "api/routes/replies.h"
#include "api/ward/adopt_request.h"
#include "api/ward/explain.h"
#include "api/ward/network_look.h"
#include "api/ward/trace.h"
#include "base/version.h"
#include "wire/body.h"
#include "wire/query.h"

namespace swarmward::api {

namespace {

using nlohmann::json;

/// They are no part of any version of the Engine API.
constexpr ApiVersion kAlways{1, 24};

using WardRoute = Route<Ward>;
constexpr std::array kWardRoutes{
    WardRoute{"GET", "/ward/version", &Ward::version, kAlways},
    WardRoute{"GET", "/ward/explain/{id}", &Ward::explain, kAlways},
    WardRoute{"GET", "/ward/nodes", &Ward::nodes, kAlways},
    WardRoute{"POST", "/ward/nodes/adopt", &Ward::adopt, kAlways},
    WardRoute{"POST", "/ward/nodes/{id}/release", &Ward::release, kAlways},
    WardRoute{"POST", "/ward/rebalance", &Ward::rebalance, kAlways},
    WardRoute{"GET", "/ward/doctor", &Ward::doctor, kAlways},
    WardRoute{"GET", "/ward/doctor/networks", &Ward::networks, kAlways},
    WardRoute{"GET", "/ward/trace", &Ward::trace, kAlways},
};

std::string state_word(model::NodeState state) {
  switch (state) {
    case model::NodeState::Ready:
      return "ready";
    case model::NodeState::Down:
      return "down";
    case model::NodeState::Disconnected:
      return "disconnected";
    case model::NodeState::Unknown:
      break;
  }
  return "unknown";
}

json node_line(model::Node const& node, NodePlace const& place) {
  json line;
  line["ID"] = node.id.str();
  line["Name"] = node.description.hostname;
  line["Kind"] = place.kind;
  line["Address"] = place.address;
  line["State"] = state_word(node.status.state);
  line["EngineVersion"] = node.description.engine_version;
  return line;
}

json node_part(state::Snapshot const& snapshot, model::NodeId const& id) {
  auto const node = snapshot.find_node(id);
  return node ? node->description.hostname : id.str();
}

json report_document(RebalanceReport const& report, state::Snapshot const& snapshot) {
  json document;
  document["Moves"] = json::array();
  document["Notes"] = json::array();
  for (auto const& each : report.moves) {
    json move;
    move["ServiceID"] = each.service.str();
    move["Service"] = each.service_name;
    move["TaskID"] = each.task.str();
    move["Task"] = each.task_name;
    move["FromID"] = each.from.str();
    move["From"] = node_part(snapshot, each.from);
    move["ToID"] = each.to.str();
    move["To"] = node_part(snapshot, each.to);
    move["NewTaskID"] = each.new_task.str();
    document["Moves"].push_back(std::move(move));
  }
  for (auto const& each : report.refusals) {
    json note;
    note["Service"] = each.service_name;
    note["Reason"] = each.reason;
    document["Notes"].push_back(std::move(note));
  }
  return document;
}

std::string status_word(Check::Status status) {
  return status == Check::Status::Ok ? "ok" : status == Check::Status::Warn ? "warn" : "fail";
}

}  // namespace

std::span<Route<Ward> const> Ward::routes() {
  return kWardRoutes;
}

asio::awaitable<Result<Response>> Ward::version(Call const* call) {
  auto const engine = context_.control.local_engine();
  auto const text = co_await engine->get_document("/version");
  json document;
  document["Version"] = kVersion;
  document["Time"] = format_time(context_.clock.now());
  document["Swarm"] = swarm_header(*call->snapshot, call->worker.get());
  // Whatever the engine does, we know who we are.
  auto const parsed = text ? wire::parse_body(*text) : Result<json>(text.error());
  auto const engines = parsed && parsed->is_object() ? *parsed : json::object();
  for (auto const& [ours, theirs] : {std::pair{"EngineVersion", "Version"},
                                     std::pair{"EngineApiVersion", "ApiVersion"},
                                     std::pair{"Os", "Os"},
                                     std::pair{"Arch", "Arch"},
                                     std::pair{"KernelVersion", "KernelVersion"}}) {
    auto const found = engines.find(theirs);
    document[ours] = found != engines.end() && found->is_string() ? *found : json("");
  }
  co_return json_reply(document);
}

Result<Response> Ward::explain(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  auto const document = api::explain(*call.snapshot, call.id, context_.ward, context_.clock.now());
  if (!document) {
    return document.error();
  }
  return json_reply(*document);
}

Result<Response> Ward::nodes(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  std::vector<state::NodePtr> nodes;
  for (auto const& [id, node] : call.snapshot->nodes) {
    nodes.push_back(node);
  }
  std::ranges::sort(nodes, {}, [](state::NodePtr const& node) {
    return std::tie(node->description.hostname, node->id);
  });
  auto document = json::array();
  for (auto const& node : nodes) {
    document.push_back(node_line(*node, context_.ward.place_of(*node)));
  }
  return json_reply(document);
}

asio::awaitable<Result<Response>> Ward::adopt(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto request = parse_adopt_request(*document);
  if (!request) {
    co_return request.error();
  }
  auto const adopted = co_await context_.ward.adopt(std::move(*request));
  if (!adopted) {
    co_return adopted.error();
  }
  json answer;
  answer["ID"] = adopted->id.str();
  if (!adopted->warning.empty()) {
    answer["Warning"] = adopted->warning;
  }
  co_return json_reply(answer, 201);
}

asio::awaitable<Result<Response>> Ward::release(Call const* call) {
  auto const force = wire::strict_bool("force", call->request.query_value("force"));
  if (!force) {
    co_return force.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const node = get_node(*call->snapshot, call->id);
  if (!node) {
    co_return node.error();
  }
  if ((*node)->access.url.empty()) {
    co_return invalid_argument("node " + call->id +
                               " was not adopted: use docker node rm, or docker swarm leave there");
  }
  auto const how = *force ? Force::Yes : Force::No;
  auto const ready = co_await context_.ward.prepare_release(**node);
  if (!ready && how == Force::No) {
    co_return ready.error();
  }
  state::Change change = [id = (*node)->id, how](state::Draft& draft) {
    return release_node(draft, id, how);
  };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  auto const cleared = co_await context_.ward.finish_release(**node);
  if (!cleared) {
    json answer;
    answer["Warning"] = cleared.error().message;
    co_return json_reply(answer);
  }
  co_return empty_reply();
}

asio::awaitable<Result<Response>> Ward::rebalance(Call const* call) {
  auto const dry_run = wire::strict_bool("dry-run", call->request.query_value("dry-run"));
  if (!dry_run) {
    co_return dry_run.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  model::ServiceId service;
  if (auto const name = call->request.query_value("service"); !name.empty()) {
    auto const found = get_service(*call->snapshot, name);
    if (!found) {
      co_return found.error();
    }
    service = (*found)->id;
  }
  auto const report =
      co_await context_.ward.rebalance(service, *dry_run ? DryRun::Yes : DryRun::No);
  if (!report) {
    co_return report.error();
  }
  co_return json_reply(report_document(*report, *call->snapshot));
}

asio::awaitable<Result<Response>> Ward::doctor(Call const* /*call*/) {
  auto const checks = co_await context_.ward.examine();
  json document;
  document["Checks"] = json::array();
  for (auto const& each : checks) {
    json line;
    line["Check"] = each.check;
    line["Subject"] = each.subject;
    line["Status"] = status_word(each.status);
    line["Detail"] = each.detail;
    line["Cure"] = each.cure;
    document["Checks"].push_back(std::move(line));
  }
  co_return json_reply(document);
}

asio::awaitable<Result<Response>> Ward::networks(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto look = parse_network_look(*call->snapshot, call->request);
  if (!look) {
    co_return look.error();
  }
  auto const nodes = co_await context_.ward.look_at_networks(std::move(*look));
  co_return json_reply(network_look_document(nodes));
}

asio::awaitable<Result<Response>> Ward::trace(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const target = find_trace_target(*call->snapshot, call->request);
  if (!target) {
    co_return target.error();
  }
  auto look = trace_look(*call->snapshot, *target);
  auto const nodes = co_await context_.ward.look_at_networks(std::move(look));
  auto const document = trace_document(*context_.store.snapshot(), *target, nodes);
  if (!document) {
    co_return document.error();
  }
  co_return json_reply(*document);
}

}  // namespace swarmward::api
