#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "model/cluster.h"
#include "model/config.h"
#include "model/network.h"
#include "model/registry_credential.h"
#include "model/secret.h"
#include "model/task.h"
#include "state/persistent_map.h"

namespace swarmward::state {

using ClusterPtr = std::shared_ptr<model::Cluster const>;
using ConfigPtr = std::shared_ptr<model::Config const>;
using CredentialPtr = std::shared_ptr<model::RegistryCredential const>;
using NetworkPtr = std::shared_ptr<model::Network const>;
using NodePtr = std::shared_ptr<model::Node const>;
using SecretPtr = std::shared_ptr<model::Secret const>;
using ServicePtr = std::shared_ptr<model::Service const>;
using TaskPtr = std::shared_ptr<model::Task const>;

/// Tables of tasks hold the pointer alone: the key is in the task.
struct TaskById {
  using Entry = TaskPtr;
  static model::TaskId const& key(Entry const& task) { return task->id; }
  static TaskPtr const& value(Entry const& task) { return task; }
  static Entry make(model::TaskId const& /*id*/, TaskPtr task) { return task; }
  static model::TaskId const& probe(model::TaskId const& id) { return id; }
  static model::TaskId const& probe_of(Entry const& task) { return task->id; }
};
using TaskTable = PersistentMap<model::TaskId, TaskPtr, TaskById>;

/// Tasks sorted by the id of their node, then by their own.
struct TaskByNode {
  using Entry = TaskPtr;
  using Key = std::pair<model::NodeId, model::TaskId>;
  static Key key(Entry const& task) { return {task->node_id, task->id}; }
  static TaskPtr const& value(Entry const& task) { return task; }
  static Entry make(Key const& /*key*/, TaskPtr task) { return task; }
  using Probe = std::pair<model::NodeId const&, model::TaskId const&>;
  static Probe probe(Key const& key) { return {key.first, key.second}; }
  static Probe probe_of(Entry const& task) { return {task->node_id, task->id}; }
};

/// Tasks sorted by the id of their service, then by slot, then by their own id: those of one slot
/// stand side by side.
struct TaskBySlot {
  using Entry = TaskPtr;
  struct Key {
    model::ServiceId service;
    model::Slot slot = 0;
    model::TaskId task{};
  };
  static Key key(Entry const& task) { return {task->service_id, task->slot, task->id}; }
  static TaskPtr const& value(Entry const& task) { return task; }
  static Entry make(Key const& /*key*/, TaskPtr task) { return task; }
  using Probe = std::tuple<model::ServiceId const&, model::Slot, model::TaskId const&>;
  static Probe probe(Key const& key) { return {key.service, key.slot, key.task}; }
  static Probe probe_of(Entry const& task) { return {task->service_id, task->slot, task->id}; }
};

/// All objects at one version. Immutable once published; copying is cheap.
struct Snapshot {
  std::uint64_t version = 0;
  ClusterPtr cluster;  ///< Null while there is no swarm.
  PersistentMap<model::NodeId, NodePtr> nodes;
  PersistentMap<model::ServiceId, ServicePtr> services;
  PersistentMap<model::NetworkId, NetworkPtr> networks;
  PersistentMap<model::SecretId, SecretPtr> secrets;
  PersistentMap<model::ConfigId, ConfigPtr> configs;
  PersistentMap<model::CredentialId, CredentialPtr> credentials;
  TaskTable tasks;

  /// Keys are names in lower case: uniqueness ignores case, look-ups do so only for secrets and
  /// configs.
  PersistentMap<std::string, model::ServiceId> service_names;
  PersistentMap<std::string, model::NetworkId> network_names;
  PersistentMap<std::string, model::SecretId> secret_names;
  PersistentMap<std::string, model::ConfigId> config_names;
  PersistentMap<std::string, model::CredentialId> credential_names;  ///< By registry.
  PersistentMap<TaskBySlot::Key, TaskPtr, TaskBySlot> tasks_by_service;
  PersistentMap<TaskByNode::Key, TaskPtr, TaskByNode> tasks_by_node;  ///< Those that have one.

  [[nodiscard]] ServicePtr find_service(model::ServiceId const& id) const;
  [[nodiscard]] NodePtr find_node(model::NodeId const& id) const;
  [[nodiscard]] NetworkPtr find_network(model::NetworkId const& id) const;
  [[nodiscard]] SecretPtr find_secret(model::SecretId const& id) const;
  [[nodiscard]] ConfigPtr find_config(model::ConfigId const& id) const;
  [[nodiscard]] CredentialPtr find_credential(model::CredentialId const& id) const;
  /// `server` in the form of model::normal_registry().
  [[nodiscard]] CredentialPtr credential_for(std::string const& server) const;
  [[nodiscard]] TaskPtr find_task(model::TaskId const& id) const;
  /// By slot.
  [[nodiscard]] std::vector<TaskPtr> tasks_of(model::ServiceId const& service) const;
  [[nodiscard]] std::vector<TaskPtr> tasks_on(model::NodeId const& node) const;
};

/// An object before and after a commit; null where it did not or does not exist.
template <class T>
struct Touch {
  std::shared_ptr<T const> before;
  std::shared_ptr<T const> after;
};

/// What one or several commits wrote, in order.
struct Touched {
  std::vector<Touch<model::Cluster>> clusters;
  std::vector<Touch<model::Node>> nodes;
  std::vector<Touch<model::Network>> networks;
  std::vector<Touch<model::Secret>> secrets;
  std::vector<Touch<model::Config>> configs;
  std::vector<Touch<model::RegistryCredential>> credentials;
  std::vector<Touch<model::Service>> services;
  std::vector<Touch<model::Task>> tasks;

  [[nodiscard]] std::size_t count() const {
    return clusters.size() + nodes.size() + networks.size() + secrets.size() + configs.size() +
           credentials.size() + services.size() + tasks.size();
  }
  [[nodiscard]] bool empty() const { return count() == 0; }
};

[[nodiscard]] std::string lower_case(std::string_view text);

/// A snapshot being changed. put() stamps version and times; what does not change is not written.
class Draft {
 public:
  Draft(Snapshot base, Time now) : view_(std::move(base)), now_(now) { ++view_.version; }

  /// The objects as this draft has them so far. To write while going through a table, copy the
  /// snapshot first: tables change in place.
  [[nodiscard]] Snapshot const& view() const { return view_; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] Touched const& touched() const { return touched_; }

  void put(model::Cluster cluster);
  void put(model::Node node);
  void put(model::Network network);
  void put(model::Secret secret);
  void put(model::Config config);
  void put(model::RegistryCredential credential);
  void put(model::Service service);
  void put(model::Task task);
  void erase_cluster();
  void erase(model::NodeId const& id);
  void erase(model::NetworkId const& id);
  void erase(model::SecretId const& id);
  void erase(model::ConfigId const& id);
  void erase(model::CredentialId const& id);
  void erase(model::ServiceId const& id);
  void erase(model::TaskId const& id);

 private:
  friend class StateStore;
  void stamp(model::Meta& meta, model::Meta const* before) const;
  /// Makes the tables hold `after` where they held `before`; null where there is none.
  void set(NodePtr const& before, NodePtr const& after);
  void set(NetworkPtr const& before, NetworkPtr const& after);
  void set(SecretPtr const& before, SecretPtr const& after);
  void set(ConfigPtr const& before, ConfigPtr const& after);
  void set(CredentialPtr const& before, CredentialPtr const& after);
  void set(ServicePtr const& before, ServicePtr const& after);
  void set(TaskPtr const& before, TaskPtr const& after);
  /// Everything as it was when the draft was made.
  void undo();

  Snapshot view_;
  Time now_;
  Touched touched_;
};

}  // namespace swarmward::state
