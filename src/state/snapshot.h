#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/cluster.h"
#include "model/task.h"
#include "state/persistent_map.h"

namespace swarmward::state {

using ClusterPtr = std::shared_ptr<model::Cluster const>;
using NodePtr = std::shared_ptr<model::Node const>;
using ServicePtr = std::shared_ptr<model::Service const>;
using TaskPtr = std::shared_ptr<model::Task const>;

struct PairHash {
  template <class A, class B>
  std::size_t operator()(std::pair<A, B> const& pair) const {
    return std::hash<A>{}(pair.first) * 31 + std::hash<B>{}(pair.second);
  }
};

/// Tasks under the id of their service or node.
template <class Owner>
using TaskIndex = PersistentMap<std::pair<Owner, model::TaskId>, TaskPtr, PairHash>;

/// All objects at one version. Immutable once published; copying is cheap.
struct Snapshot {
  std::uint64_t version = 0;
  ClusterPtr cluster;  ///< Null while there is no swarm.
  PersistentMap<model::NodeId, NodePtr> nodes;
  PersistentMap<model::ServiceId, ServicePtr> services;
  PersistentMap<model::TaskId, TaskPtr> tasks;

  /// Keys are names in lower case: uniqueness ignores case, look-ups do not.
  PersistentMap<std::string, model::ServiceId> service_names;
  TaskIndex<model::ServiceId> tasks_by_service;
  TaskIndex<model::NodeId> tasks_by_node;

  [[nodiscard]] ServicePtr find_service(model::ServiceId const& id) const;
  [[nodiscard]] NodePtr find_node(model::NodeId const& id) const;
  [[nodiscard]] TaskPtr find_task(model::TaskId const& id) const;
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
  std::vector<Touch<model::Service>> services;
  std::vector<Touch<model::Task>> tasks;

  [[nodiscard]] bool empty() const {
    return clusters.empty() && nodes.empty() && services.empty() && tasks.empty();
  }
};

[[nodiscard]] std::string lower_case(std::string_view text);

/// A snapshot being changed. put() stamps version and times; what does not change is not written.
class Draft {
 public:
  Draft(Snapshot base, Time now) : view_(std::move(base)), now_(now) { ++view_.version; }

  /// The objects as this draft has them so far.
  [[nodiscard]] Snapshot const& view() const { return view_; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] Touched const& touched() const { return touched_; }

  void put(model::Cluster cluster);
  void put(model::Node node);
  void put(model::Service service);
  void put(model::Task task);
  void erase_cluster();
  void erase(model::NodeId const& id);
  void erase(model::ServiceId const& id);
  void erase(model::TaskId const& id);

 private:
  friend class StateStore;
  void stamp(model::Meta& meta, model::Meta const* before) const;

  Snapshot view_;
  Time now_;
  Touched touched_;
};

}  // namespace swarmward::state
