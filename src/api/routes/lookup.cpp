#include "api/routes/lookup.h"

#include <string>
#include <vector>

#include "api/routes/payload_kind.h"

namespace swarmward::api {

namespace {

/// The one match, or why there is none.
template <class Ptr>
Result<Ptr> only(std::vector<Ptr> const& matches, std::string_view kind, std::string_view input) {
  auto const what = std::string(kind) + " " + std::string(input);
  if (matches.empty()) {
    return not_found(what + " not found");
  }
  if (matches.size() > 1) {
    return invalid_argument(what + " is ambiguous (" + std::to_string(matches.size()) +
                            " matches found)");
  }
  return matches.front();
}

/// The object whose whole id is `input`, or null. Longer text is not an id: Id would cut it.
template <class Key, class Ptr, class Layout>
Ptr with_id(state::PersistentMap<Key, Ptr, Layout> const& objects, std::string_view input) {
  if (input.size() != kIdLength) {
    return nullptr;
  }
  auto const* found = objects.find(Key(input));
  return found == nullptr ? nullptr : *found;
}

template <class Key, class Ptr, class Layout>
std::vector<Ptr> with_id_prefix(state::PersistentMap<Key, Ptr, Layout> const& objects,
                                std::string_view input) {
  std::vector<Ptr> matches;
  if (input.size() > kIdLength) {
    return matches;
  }
  for (auto it = objects.lower_bound(Key(input)); it != objects.end(); ++it) {
    auto const [id, object] = *it;
    if (!id.view().starts_with(input)) {
      break;
    }
    matches.push_back(object);
  }
  return matches;
}

template <class T>
Result<std::shared_ptr<T const>> get_payload(state::Snapshot const& snapshot,
                                             std::string_view input) {
  using Kind = PayloadKind<T>;
  auto const& table = Kind::table(snapshot);
  if (auto payload = with_id(table, input)) {
    return payload;
  }
  if (auto payload = find_payload_named<T>(snapshot, input)) {
    return payload;
  }
  return only(with_id_prefix(table, state::lower_case(input)), Kind::kWord, input);
}

}  // namespace

state::TaskPtr find_task_named(state::Snapshot const& snapshot, std::string_view name) {
  auto const dot = name.rfind('.');
  if (dot == std::string_view::npos) {
    return nullptr;
  }
  // The name ends with the id, so no search is needed.
  auto task = with_id(snapshot.tasks, name.substr(dot + 1));
  return task && model::full_name(*task) == name ? task : nullptr;
}

Result<state::NodePtr> get_node(state::Snapshot const& snapshot, std::string_view input) {
  if (auto node = with_id(snapshot.nodes, input)) {
    return node;
  }
  std::vector<state::NodePtr> named;
  for (auto const& [id, node] : snapshot.nodes) {
    if (node->description.hostname == input) {
      named.push_back(node);
    }
  }
  return only(named.empty() ? with_id_prefix(snapshot.nodes, input) : named, "node", input);
}

Result<state::ServicePtr> get_service(state::Snapshot const& snapshot, std::string_view input) {
  if (auto service = with_id(snapshot.services, input)) {
    return service;
  }
  if (auto const* id = snapshot.service_names.find(state::lower_case(input))) {
    // Names are unique in any case, but looked up as written.
    if (auto service = snapshot.find_service(*id); service && service->name() == input) {
      return service;
    }
  }
  return only(with_id_prefix(snapshot.services, input), "service", input);
}

Result<state::SecretPtr> get_secret(state::Snapshot const& snapshot, std::string_view input) {
  return get_payload<model::Secret>(snapshot, input);
}

Result<state::ConfigPtr> get_config(state::Snapshot const& snapshot, std::string_view input) {
  return get_payload<model::Config>(snapshot, input);
}

Result<state::TaskPtr> get_task(state::Snapshot const& snapshot, std::string_view input) {
  if (auto task = with_id(snapshot.tasks, input)) {
    return task;
  }
  if (auto task = find_task_named(snapshot, input)) {
    return task;
  }
  return only(with_id_prefix(snapshot.tasks, input), "task", input);
}

}  // namespace swarmward::api
