#include "api/passthrough/container_lists.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

#include "api/passthrough/body_parts.h"
#include "api/passthrough/query_text.h"
#include "api/routes/lookup.h"
#include "api/server/target.h"
#include "wire/filters.h"

namespace swarmward::api {

namespace {

using Json = nlohmann::ordered_json;

constexpr char const* kNodeFilter = "node";
constexpr char const* kEveryNode = "all";
constexpr char const* kNodeLabel = "ward.node";

Result<std::vector<state::NodePtr>> find_nodes(state::Snapshot const& snapshot,
                                               std::vector<std::string> const& names) {
  std::map<model::NodeId, state::NodePtr> nodes;
  for (auto const& name : names) {
    if (name == kEveryNode) {
      for (auto const& [id, node] : snapshot.nodes) {
        nodes.emplace(id, node);
      }
      continue;
    }
    auto node = get_node(snapshot, name);
    if (!node) {
      return node.error();
    }
    nodes.emplace((*node)->id, *node);
  }
  std::vector<state::NodePtr> list;
  for (auto& [id, node] : nodes) {
    list.push_back(std::move(node));
  }
  return list;
}

std::string engine_path(Request const& request, wire::Filters const& filters) {
  auto query = request.query;
  query.erase("filters");
  if (!filters.empty()) {
    query.emplace("filters", Json(filters).dump());
  }
  return "/containers/json" + query_text(query);
}

void mark(Json& container, std::string const& node, NodeNames how) {
  auto& names = container["Names"];
  auto const plain = names;
  for (auto& name : names) {
    if (name.is_string()) {
      name = "/" + node + name.get<std::string>();
    }
  }
  if (how == NodeNames::Besides && names.is_array() && plain.is_array()) {
    names.insert(names.end(), plain.begin(), plain.end());
  }
  auto& labels = container["Labels"];
  if (!labels.is_object()) {
    labels = Json::object();
  }
  labels[kNodeLabel] = node;
}

std::int64_t created(Json const& container) {
  auto const found = container.find("Created");
  return found != container.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace

bool asks_nodes(std::string_view raw_query) {
  auto const query = parse_query(raw_query);
  auto const given = query.find("filters");
  if (given == query.end() || given->second.find(kNodeFilter) == std::string::npos) {
    return false;
  }
  auto const filters = wire::parse_filters(given->second);
  return filters && filters->contains(kNodeFilter);
}

Result<ContainerListPlan> plan_container_list(state::Snapshot const& snapshot,
                                              Request const& request) {
  auto filters = wire::parse_filters(request.query_value("filters"));
  if (!filters) {
    return filters.error();
  }
  auto nodes = find_nodes(snapshot, (*filters)[kNodeFilter]);
  if (!nodes) {
    return nodes.error();
  }
  filters->erase(kNodeFilter);
  ContainerListPlan plan{std::move(*nodes), engine_path(request, *filters), 0, false};
  plan.compares = filters->contains("before") || filters->contains("since");
  auto const limit = request.query_value("limit");
  std::from_chars(limit.data(), limit.data() + limit.size(), plan.limit);
  return plan;
}

Result<std::string> merge_container_lists(std::vector<ContainerList> const& lists,
                                          std::size_t limit,
                                          NodeNames names) {
  std::vector<Json> containers;
  std::optional<Error> refusal;
  bool answered = lists.empty();
  for (auto const& [node, document] : lists) {
    auto list = document ? Json::parse(*document, nullptr, false) : Json();
    if (!list.is_array()) {
      auto const error = document ? internal_error("malformed list") : document.error();
      refusal = refusal.value_or(in_context("asking the engine of " + node, error));
      continue;
    }
    answered = true;
    for (auto& container : list) {
      if (container.is_object()) {
        mark(container, node, names);
        containers.push_back(std::move(container));
      }
    }
  }
  if (!answered) {
    return *refusal;
  }
  std::ranges::stable_sort(containers, std::ranges::greater{}, created);
  if (limit > 0 && containers.size() > limit) {
    containers.resize(limit);
  }
  return json_text(Json(std::move(containers))) + "\n";
}

}  // namespace swarmward::api
