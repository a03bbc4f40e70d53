#include "api/ward/network_look.h"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "api/routes/lookup.h"
#include "api/routes/network_lookup.h"

namespace swarmward::api {

namespace {

using nlohmann::json;

std::vector<model::NodeId> all_nodes(state::Snapshot const& snapshot) {
  std::vector<state::NodePtr> nodes;
  for (auto const& [id, node] : snapshot.nodes) {
    nodes.push_back(node);
  }
  std::ranges::sort(nodes, {}, [](state::NodePtr const& node) {
    return std::tie(node->description.hostname, node->id);
  });
  std::vector<model::NodeId> ids;
  for (auto const& node : nodes) {
    ids.push_back(node->id);
  }
  return ids;
}

Result<std::string> swarm_network(state::Snapshot const& snapshot, std::string const& input) {
  auto const match = match_in_swarm(snapshot, input);
  if (match.ambiguous > 0) {
    return invalid_argument("network " + input + " is ambiguous (" +
                            std::to_string(match.ambiguous) + " matches found)");
  }
  if (!match.swarm) {
    return not_found("network " + input +
                     " not found among the swarm's: docker network ls --filter scope=swarm");
  }
  if (model::is_node_local(match.swarm->spec)) {
    return invalid_argument("network " + input +
                            " is each engine's own: nodes share nothing of it");
  }
  return match.swarm->id.str();
}

std::size_t differences_of(NodeNetworks const& node) {
  if (!node.report) {
    return node.has_agent ? 1 : 0;
  }
  return static_cast<std::size_t>(
      std::ranges::count(node.report->findings, false, &model::NetworkFinding::note));
}

char const* status_of(NodeNetworks const& node) {
  if (!node.has_agent) {
    return "no agent";
  }
  if (!node.report) {
    return "no answer";
  }
  return differences_of(node) == 0 ? "ok" : "differs";
}

json finding_document(model::NetworkFinding const& finding) {
  json document;
  document["Kind"] = finding.kind;
  document["Network"] = finding.network;
  document["What"] = finding.what;
  document["Cause"] = finding.cause;
  document["Cure"] = finding.cure;
  document["Note"] = finding.note;
  return document;
}

json node_document(NodeNetworks const& node) {
  json document;
  document["ID"] = node.node.str();
  document["Name"] = node.name;
  document["Status"] = status_of(node);
  document["Plan"] = node.plan;
  document["Problem"] = node.problem;
  document["Cure"] = node.cure;
  document["Findings"] = json::array();
  if (node.report) {
    document["NodePlan"] = node.report->mark;
    document["NodePlanAgeSeconds"] = node.report->age_seconds;
    document["Networks"] = node.report->networks;
    document["LookedAt"] = node.report->looked_at;
    for (auto const& finding : node.report->findings) {
      document["Findings"].push_back(finding_document(finding));
    }
  }
  return document;
}

}  // namespace

Result<NetworkLook> parse_network_look(state::Snapshot const& snapshot, Request const& request) {
  NetworkLook look;
  if (auto const name = request.query_value("node"); !name.empty()) {
    auto const node = get_node(snapshot, name);
    if (!node) {
      return node.error();
    }
    look.nodes.push_back((*node)->id);
  } else {
    look.nodes = all_nodes(snapshot);
  }
  auto names = request.query_value("networks");
  while (!names.empty()) {
    auto const end = std::min(names.find(','), names.size());
    auto const network = swarm_network(snapshot, names.substr(0, end));
    if (!network) {
      return network.error();
    }
    look.networks.push_back(*network);
    names.erase(0, end + 1);
  }
  return look;
}

json network_look_document(std::vector<NodeNetworks> const& nodes) {
  json document;
  document["Nodes"] = json::array();
  std::size_t differences = 0;
  for (auto const& node : nodes) {
    differences += differences_of(node);
    document["Nodes"].push_back(node_document(node));
  }
  document["Differences"] = differences;
  return document;
}

std::vector<std::string> finding_lines(NodeNetworks const& node) {
  std::vector<std::string> lines;
  if (!node.problem.empty()) {
    lines.push_back("node " + node.name + ": " + node.problem + ": " + node.cure);
  }
  if (!node.report) {
    return lines;
  }
  for (auto const& finding : node.report->findings) {
    if (!finding.note) {
      auto const network = finding.network.empty() ? "" : ", network " + finding.network;
      lines.push_back("node " + node.name + network + ": " + finding.what);
    }
  }
  return lines;
}

}  // namespace swarmward::api
