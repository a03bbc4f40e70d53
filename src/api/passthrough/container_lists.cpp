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
constexpr char const* kTaskFilter = "is-task";
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

/// Whether tasks are wanted or others; nothing for what native does not understand.
std::optional<bool> wanted_tasks(wire::Filters const& filters) {
  auto const given = filters.find(kTaskFilter);
  if (given == filters.end() || given->second.size() != 1) {
    return std::nullopt;
  }
  auto const& word = given->second.front();
  bool const yes = word == "true" || word == "1";
  return yes || word == "false" || word == "0" ? std::optional(yes) : std::nullopt;
}

bool is_task(Json const& container) {
  auto const labels = container.find("Labels");
  return labels != container.end() && labels->is_object() &&
         labels->contains("com.docker.swarm.task");
}

/// The filters in the text of a query; nothing if it has none or they make no sense.
std::optional<wire::Filters> filters_in(std::string_view raw_query, char const* word) {
  auto const query = parse_query(raw_query);
  auto const given = query.find("filters");
  if (given == query.end() || given->second.find(word) == std::string::npos) {
    return std::nullopt;
  }
  auto filters = wire::parse_filters(given->second);
  return filters ? std::optional(std::move(*filters)) : std::nullopt;
}

std::string engine_path(Request const& request,
                        wire::Filters const& filters,
                        std::optional<bool> tasks) {
  auto query = request.query;
  query.erase("filters");
  if (tasks && query.contains("limit")) {  // It counts what is left; and lists what has ended, too.
    query.erase("limit");
    query.erase("all");
    query.emplace("all", "1");
  }
  if (!filters.empty()) {
    query.emplace("filters", Json(filters).dump());
  }
  return "/containers/json" + query_text(query);
}

void mark(Json& container, std::string const& node, NodeNames how) {
  if (how == NodeNames::Untold) {
    return;
  }
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
  auto const filters = filters_in(raw_query, kNodeFilter);
  return filters && filters->contains(kNodeFilter);
}

bool asks_tasks(std::string_view raw_query) {
  auto const filters = filters_in(raw_query, kTaskFilter);
  return filters && wanted_tasks(*filters);
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
  auto const tasks = wanted_tasks(*filters);
  if (tasks) {
    filters->erase(kTaskFilter);
  }
  ContainerListPlan plan{std::move(*nodes), engine_path(request, *filters, tasks), 0, false, tasks};
  plan.compares = filters->contains("before") || filters->contains("since");
  auto const limit = request.query_value("limit");
  std::from_chars(limit.data(), limit.data() + limit.size(), plan.limit);
  return plan;
}

Result<std::string> merge_container_lists(std::vector<ContainerList> const& lists,
                                          std::size_t limit,
                                          NodeNames names,
                                          std::optional<bool> tasks) {
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
      if (container.is_object() && (!tasks || *tasks == is_task(container))) {
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
