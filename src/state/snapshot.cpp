#include "state/snapshot.h"

#include <algorithm>
#include <cctype>

namespace swarmward::state {

namespace {

template <class Map, class Key>
auto find_or_null(Map const& map, Key const& key) {
  auto const* found = map.find(key);
  return found ? *found : std::decay_t<decltype(*found)>{};
}

template <class Owner>
std::vector<TaskPtr> tasks_under(TaskIndex<Owner> const& index, Owner const& owner) {
  std::vector<TaskPtr> tasks;
  for (auto it = index.lower_bound({owner, model::TaskId{}}); it != index.end(); ++it) {
    auto const [key, task] = *it;
    if (key.first != owner) {
      break;
    }
    tasks.push_back(task);
  }
  return tasks;
}

}  // namespace

ServicePtr Snapshot::find_service(model::ServiceId const& id) const {
  return find_or_null(services, id);
}
NodePtr Snapshot::find_node(model::NodeId const& id) const {
  return find_or_null(nodes, id);
}
TaskPtr Snapshot::find_task(model::TaskId const& id) const {
  return find_or_null(tasks, id);
}
std::vector<TaskPtr> Snapshot::tasks_of(model::ServiceId const& service) const {
  return tasks_under(tasks_by_service, service);
}
std::vector<TaskPtr> Snapshot::tasks_on(model::NodeId const& node) const {
  return tasks_under(tasks_by_node, node);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

void Draft::stamp(model::Meta& meta, model::Meta const* before) const {
  meta.version = view_.version;
  meta.created_at = before ? before->created_at : now_;
  meta.updated_at = now_;
}

void Draft::put(model::Cluster cluster) {
  auto before = view_.cluster;
  stamp(cluster.meta, before ? &before->meta : nullptr);
  view_.cluster = std::make_shared<model::Cluster const>(std::move(cluster));
  touched_.clusters.push_back({std::move(before), view_.cluster});
}

void Draft::put(model::Node node) {
  auto before = view_.find_node(node.id);
  stamp(node.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Node const>(std::move(node));
  view_.nodes.insert_or_assign(after->id, after);
  touched_.nodes.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Service service) {
  auto before = view_.find_service(service.id);
  stamp(service.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Service const>(std::move(service));
  if (before) {
    view_.service_names.erase(lower_case(before->name()));
  }
  view_.service_names.insert_or_assign(lower_case(after->name()), after->id);
  view_.services.insert_or_assign(after->id, after);
  touched_.services.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Task task) {
  auto before = view_.find_task(task.id);
  stamp(task.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Task const>(std::move(task));
  if (before && before->node_id != after->node_id) {
    view_.tasks_by_node.erase({before->node_id, before->id});
  }
  view_.tasks.insert_or_assign(after->id, after);
  view_.tasks_by_service.insert_or_assign({after->service_id, after->id}, after);
  if (!after->node_id.empty()) {
    view_.tasks_by_node.insert_or_assign({after->node_id, after->id}, after);
  }
  touched_.tasks.push_back({std::move(before), std::move(after)});
}

void Draft::erase_cluster() {
  touched_.clusters.push_back({view_.cluster, nullptr});
  view_.cluster = nullptr;
}

void Draft::erase(model::NodeId const& id) {
  if (auto before = view_.find_node(id)) {
    view_.nodes.erase(id);
    touched_.nodes.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::ServiceId const& id) {
  if (auto before = view_.find_service(id)) {
    view_.service_names.erase(lower_case(before->name()));
    view_.services.erase(id);
    touched_.services.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::TaskId const& id) {
  if (auto before = view_.find_task(id)) {
    view_.tasks.erase(id);
    view_.tasks_by_service.erase({before->service_id, id});
    view_.tasks_by_node.erase({before->node_id, id});
    touched_.tasks.push_back({std::move(before), nullptr});
  }
}

}  // namespace swarmward::state
