#include "state/snapshot.h"

#include <algorithm>
#include <cassert>
#include <cctype>

namespace swarmward::state {

namespace {

template <class Map, class Key>
auto find_or_null(Map const& map, Key const& key) {
  auto const* found = map.find(key);
  return found ? *found : std::decay_t<decltype(*found)>{};
}

/// Makes a table and the index of its names hold `after` where they held `before`.
template <class Table, class Names, class Ptr>
void set_named(Table& table, Names& names, Ptr const& before, Ptr const& after) {
  if (before) {
    names.erase(lower_case(before->name()));
  }
  if (after) {
    names.insert_or_assign(lower_case(after->name()), after->id);
    table.insert_or_assign(after->id, after);
  } else {
    table.erase(before->id);
  }
}

}  // namespace

ServicePtr Snapshot::find_service(model::ServiceId const& id) const {
  return find_or_null(services, id);
}
NodePtr Snapshot::find_node(model::NodeId const& id) const {
  return find_or_null(nodes, id);
}
NetworkPtr Snapshot::find_network(model::NetworkId const& id) const {
  return find_or_null(networks, id);
}
SecretPtr Snapshot::find_secret(model::SecretId const& id) const {
  return find_or_null(secrets, id);
}
ConfigPtr Snapshot::find_config(model::ConfigId const& id) const {
  return find_or_null(configs, id);
}
CredentialPtr Snapshot::find_credential(model::CredentialId const& id) const {
  return find_or_null(credentials, id);
}
CredentialPtr Snapshot::credential_for(std::string const& server) const {
  auto const* const id = credential_names.find(lower_case(server));
  return id == nullptr ? nullptr : find_credential(*id);
}
TaskPtr Snapshot::find_task(model::TaskId const& id) const {
  return find_or_null(tasks, id);
}
std::vector<TaskPtr> Snapshot::tasks_of(model::ServiceId const& service) const {
  std::vector<TaskPtr> found;
  for (auto it = tasks_by_service.lower_bound({service}); it != tasks_by_service.end(); ++it) {
    auto const& task = it.value();
    if (task->service_id != service) {
      break;
    }
    found.push_back(task);
  }
  return found;
}
std::vector<TaskPtr> Snapshot::tasks_on(model::NodeId const& node) const {
  std::vector<TaskPtr> found;
  for (auto it = tasks_by_node.lower_bound({node, {}}); it != tasks_by_node.end(); ++it) {
    auto const& task = it.value();
    if (task->node_id != node) {
      break;
    }
    found.push_back(task);
  }
  return found;
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
  set(before, after);
  touched_.nodes.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Network network) {
  auto before = view_.find_network(network.id);
  stamp(network.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Network const>(std::move(network));
  set(before, after);
  touched_.networks.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Secret secret) {
  auto before = view_.find_secret(secret.id);
  stamp(secret.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Secret const>(std::move(secret));
  set(before, after);
  touched_.secrets.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Config config) {
  auto before = view_.find_config(config.id);
  stamp(config.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Config const>(std::move(config));
  set(before, after);
  touched_.configs.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::RegistryCredential credential) {
  auto before = view_.find_credential(credential.id);
  stamp(credential.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::RegistryCredential const>(std::move(credential));
  set(before, after);
  touched_.credentials.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Service service) {
  auto before = view_.find_service(service.id);
  stamp(service.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Service const>(std::move(service));
  set(before, after);
  touched_.services.push_back({std::move(before), std::move(after)});
}

void Draft::put(model::Task task) {
  auto before = view_.find_task(task.id);
  stamp(task.meta, before ? &before->meta : nullptr);
  auto after = std::make_shared<model::Task const>(std::move(task));
  set(before, after);
  touched_.tasks.push_back({std::move(before), std::move(after)});
}

void Draft::set(NodePtr const& before, NodePtr const& after) {
  if (after) {
    view_.nodes.insert_or_assign(after->id, after);
  } else {
    view_.nodes.erase(before->id);
  }
}

void Draft::set(NetworkPtr const& before, NetworkPtr const& after) {
  set_named(view_.networks, view_.network_names, before, after);
}

void Draft::set(SecretPtr const& before, SecretPtr const& after) {
  set_named(view_.secrets, view_.secret_names, before, after);
}

void Draft::set(ConfigPtr const& before, ConfigPtr const& after) {
  set_named(view_.configs, view_.config_names, before, after);
}

void Draft::set(CredentialPtr const& before, CredentialPtr const& after) {
  set_named(view_.credentials, view_.credential_names, before, after);
}

void Draft::set(ServicePtr const& before, ServicePtr const& after) {
  set_named(view_.services, view_.service_names, before, after);
}

void Draft::set(TaskPtr const& before, TaskPtr const& after) {
  bool const leaves =
      before && !before->node_id.empty() && (!after || before->node_id != after->node_id);
  if (leaves) {
    view_.tasks_by_node.erase({before->node_id, before->id});
  }
  assert(!before || !after || before->slot == after->slot);
  if (!after) {
    view_.tasks.erase(before->id);
    view_.tasks_by_service.erase(TaskBySlot::key(before));
    return;
  }
  view_.tasks.insert_or_assign(after->id, after);
  view_.tasks_by_service.insert_or_assign(TaskBySlot::key(after), after);
  if (!after->node_id.empty()) {
    view_.tasks_by_node.insert_or_assign({after->node_id, after->id}, after);
  }
}

void Draft::undo() {
  auto const back = [this](auto const& touches) {
    for (auto touch = touches.rbegin(); touch != touches.rend(); ++touch) {
      set(touch->after, touch->before);
    }
  };
  back(touched_.tasks);
  back(touched_.services);
  back(touched_.credentials);
  back(touched_.configs);
  back(touched_.secrets);
  back(touched_.networks);
  back(touched_.nodes);
  if (!touched_.clusters.empty()) {
    view_.cluster = touched_.clusters.front().before;
  }
  --view_.version;
  touched_ = {};
}

void Draft::erase_cluster() {
  touched_.clusters.push_back({view_.cluster, nullptr});
  view_.cluster = nullptr;
}

void Draft::erase(model::NodeId const& id) {
  if (auto before = view_.find_node(id)) {
    set(before, nullptr);
    touched_.nodes.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::NetworkId const& id) {
  if (auto before = view_.find_network(id)) {
    set(before, nullptr);
    touched_.networks.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::SecretId const& id) {
  if (auto before = view_.find_secret(id)) {
    set(before, nullptr);
    touched_.secrets.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::ConfigId const& id) {
  if (auto before = view_.find_config(id)) {
    set(before, nullptr);
    touched_.configs.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::CredentialId const& id) {
  if (auto before = view_.find_credential(id)) {
    set(before, nullptr);
    touched_.credentials.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::ServiceId const& id) {
  if (auto before = view_.find_service(id)) {
    set(before, nullptr);
    touched_.services.push_back({std::move(before), nullptr});
  }
}

void Draft::erase(model::TaskId const& id) {
  if (auto before = view_.find_task(id)) {
    set(before, nullptr);
    touched_.tasks.push_back({std::move(before), nullptr});
  }
}

}  // namespace swarmward::state
