#include "api/routes/routes_tasks.h"

#include <algorithm>
#include <array>
#include <set>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/list_reply.h"
#include "api/routes/lookup.h"
#include "api/routes/matching.h"
#include "api/routes/replies.h"
#include "api/routes/up_to_date.h"
#include "wire/list_text.h"
#include "wire/task.h"

namespace swarmward::api {

namespace {

using TaskRoute = Route<Tasks>;
constexpr std::array kTaskRoutes{
    TaskRoute{"GET", "/tasks", &Tasks::list, ApiVersion{1, 24}},
    TaskRoute{"GET", "/tasks/{id}", &Tasks::inspect, ApiVersion{1, 24}},
};

/// The filter with names resolved; what is absent lets every task through.
struct TaskQuery {
  wire::Filters filters;
  std::optional<std::set<model::ServiceId>> services;
  std::optional<std::set<model::NodeId>> nodes;
  std::set<model::TaskState> desired;
};

Result<std::set<model::TaskState>> parse_states(wire::Filters const& filters) {
  std::set<model::TaskState> states;
  if (auto const* words = find_filter(filters, "desired-state")) {
    for (auto const& word : *words) {
      if (word.empty()) {
        return std::set<model::TaskState>{};  // As in swarm mode: all.
      }
      auto const state = model::task_state_from_string(word);
      if (!state) {
        return internal_error("Invalid desired-state filter: '" + word + "'");
      }
      states.insert(*state);
    }
  }
  return states;
}

/// The ids of the objects that the values of `key` name. Errors: those of `get`.
template <class Id, class Get>
Result<std::optional<std::set<Id>>> resolve_names(state::Snapshot const& snapshot,
                                                  std::vector<std::string> const* names,
                                                  Get get) {
  std::optional<std::set<Id>> ids;
  if (names == nullptr) {
    return ids;
  }
  ids.emplace();
  for (auto const& name : *names) {
    auto const object = get(snapshot, name);
    if (!object) {
      return object.error();
    }
    ids->insert((*object)->id);
  }
  return ids;
}

Result<TaskQuery> parse_query(state::Snapshot const& snapshot, wire::Filters filters) {
  auto const known = wire::check_filter_keys(
      filters,
      {"id", "name", "label", "service", "node", "desired-state", "_up-to-date", "runtime"});
  if (!known) {
    return known.error();
  }
  auto services =
      resolve_names<model::ServiceId>(snapshot, find_filter(filters, "service"), get_service);
  if (!services) {
    return services.error();
  }
  auto nodes = resolve_names<model::NodeId>(snapshot, find_filter(filters, "node"), get_node);
  if (!nodes) {
    return nodes.error();
  }
  auto desired = parse_states(filters);
  if (!desired) {
    return desired.error();
  }
  return TaskQuery{
      std::move(filters), std::move(*services), std::move(*nodes), std::move(*desired)};
}

bool is_current(state::Snapshot const& snapshot, model::Task const& task) {
  auto const service = snapshot.find_service(task.service_id);
  auto const node = snapshot.find_node(task.node_id);
  return service && is_up_to_date(task, *service, node.get());
}

bool task_matches(state::Snapshot const& snapshot,
                  TaskQuery const& query,
                  model::Task const& task) {
  auto const& filters = query.filters;
  if (filters.empty()) {
    return task.spec->runtime == "container";
  }
  bool const runtime = filters.contains("runtime")
                           ? matches_exactly(filters, "runtime", task.spec->runtime)
                           : task.spec->runtime == "container";
  return runtime && (query.desired.empty() || query.desired.contains(task.desired_state)) &&
         (!query.nodes || query.nodes->contains(task.node_id)) &&
         matches_prefix(filters, "id", task.id.view()) &&
         (!filters.contains("name") || matches_prefix(filters, "name", model::full_name(task))) &&
         matches_label_map(filters, "label", task.service_annotations->labels) &&
         (!filters.contains("_up-to-date") || is_current(snapshot, task));
}

/// The tasks of one list. The snapshot holds them.
using Listed = std::vector<model::Task const*>;

/// Asks for the task to be in the cache soon: in a long list each would be waited for.
void prefetch(model::Task const& task) {
  constexpr std::size_t kCacheLine = 64;
  auto const* bytes = reinterpret_cast<char const*>(&task);
  for (std::size_t at = 0; at < sizeof task; at += kCacheLine) {
    __builtin_prefetch(bytes + at);
  }
}

/// The matching tasks, found by the narrowest index, in order of their ids.
Listed select(state::Snapshot const& snapshot, TaskQuery const& query) {
  Listed tasks;
  auto const add = [&](model::Task const& task) {
    if (task_matches(snapshot, query, task)) {
      tasks.push_back(&task);
    }
  };
  if (!query.services) {
    tasks.reserve(query.filters.empty() ? snapshot.tasks.size() : 0);
    for (auto const& [id, task] : snapshot.tasks) {
      add(*task);
    }
    return tasks;
  }
  for (auto const& service : *query.services) {
    for (auto const& task : snapshot.tasks_of(service)) {
      add(*task);
    }
  }
  std::ranges::sort(tasks, {}, [](auto const* task) { return task->id; });
  return tasks;
}

Result<Listed> find_tasks(Call const& call) {
  auto filters = wire::parse_filters(call.request.query_value("filters"));
  if (!filters) {
    return filters.error();
  }
  auto const& snapshot = *call.snapshot;
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  auto const query = parse_query(snapshot, std::move(*filters));
  if (!query) {
    return query.error();
  }
  auto tasks = select(snapshot, *query);
  if (query->filters.contains("name")) {
    std::ranges::stable_sort(tasks, {}, [](auto const* task) { return model::full_name(*task); });
  }
  return tasks;
}

/// The snapshot holds what is found, and outlives the list.
wire::FindNetwork networks_of(state::Snapshot const& snapshot) {
  return [&snapshot](model::NetworkId const& id) { return snapshot.find_network(id).get(); };
}

}  // namespace

std::span<Route<Tasks> const> Tasks::routes() {
  return kTaskRoutes;
}

asio::awaitable<Result<void>> Tasks::list(Call const* call) {
  auto const tasks = find_tasks(*call);
  if (!tasks) {
    co_return tasks.error();
  }
  wire::TaskTexts texts(networks_of(*call->snapshot));
  AppendElement append = [&](std::string& out, std::size_t at) {
    constexpr std::size_t kAhead = 4;
    if (at + kAhead < tasks->size()) {
      prefetch(*(*tasks)[at + kAhead]);
    }
    texts.append(out, *(*tasks)[at]);
  };
  co_await send_list(call->responder, tasks->size(), std::move(append));
  co_return Result<void>{};
}

Result<Response> Tasks::inspect(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  auto const task = get_task(*call.snapshot, call.id);
  if (!task) {
    return task.error();
  }
  return json_reply(wire::to_json(**task, networks_of(*call.snapshot)));
}

}  // namespace swarmward::api
