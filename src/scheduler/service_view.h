#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/task.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Where a task of a service belongs: a slot (replicated) or a node (global).
struct Place {
  model::Slot slot = 0;
  model::NodeId node{};
  auto operator<=>(Place const&) const = default;
};

/// The tasks of one place; never empty.
struct PlaceTasks {
  Place place;
  std::span<model::Task const* const> tasks;  ///< The newest last.
  [[nodiscard]] model::Task const& newest() const { return *tasks.back(); }
};

/// What a view has worked out so far, so that each question is answered once.
struct ViewMemo {
  std::vector<model::Task const*> sorted;  ///< What the spans of `places` point into.
  std::vector<PlaceTasks> places;          ///< By place.
  bool has_places = false;
  std::unordered_map<model::TaskId, model::Task const*> by_id;
  /// How a spec (with the endpoint spec beside it) differs from the service's.
  struct Difference {
    bool placement = false;
    bool other = false;
  };
  std::map<std::pair<model::TaskSpec const*, model::EndpointSpec const*>, Difference> differences;
};

/// All that a decision about one service looks at. Pointers outlive the call. Not for two threads.
struct ServiceView {
  model::Service const* service = nullptr;  ///< Null if it is gone.
  std::vector<model::Task const*> tasks;    ///< All of the service, any order.
  state::PersistentMap<model::NodeId, state::NodePtr> const* nodes = nullptr;  ///< Of the cluster.
  Time now{};
  /// For looking at the services that this one depends on; null: there are none.
  state::Snapshot const* cluster = nullptr;
  std::shared_ptr<ViewMemo> memo = std::make_shared<ViewMemo>();

  /// Null if it is gone.
  [[nodiscard]] model::Node const* find_node(model::NodeId const& id) const {
    auto const* found = nodes->find(id);
    return found == nullptr ? nullptr : found->get();
  }
  /// Null if it is gone, or not the service's.
  [[nodiscard]] model::Task const* find_task(model::TaskId const& id) const;

  /// The service's tasks by slot or, if it is global, by node; sorted by place.
  [[nodiscard]] std::vector<PlaceTasks> const& places() const;
  /// Null if the place never had a task.
  [[nodiscard]] PlaceTasks const* find_place(Place const& place) const;

  /// The service's spec asks for another container than this task is, so it must be replaced. A
  /// change of placement alone spares tasks whose node satisfies the new constraints.
  [[nodiscard]] bool outdated(model::Task const& task) const;
};

/// The service's tasks; they live as long as the snapshot.
[[nodiscard]] std::vector<model::Task const*> tasks_of(state::Snapshot const& head,
                                                       model::ServiceId const& id);
/// Those of one slot of a replicated service.
[[nodiscard]] std::vector<model::Task const*> tasks_of(state::Snapshot const& head,
                                                       model::ServiceId const& id,
                                                       model::Slot slot);

/// As ServiceView::outdated; `node` is the task's, null if it has none.
[[nodiscard]] bool is_outdated(model::Task const& task,
                               model::Service const& service,
                               model::Node const* node);

/// All of them hold on the node. Those that do not parse never match.
[[nodiscard]] bool satisfies(std::vector<std::string> const& constraints, model::Node const& node);

/// The node can no longer hold tasks: gone, down or drained.
[[nodiscard]] bool is_lost(model::Node const* node);
/// The node's engine cannot be asked to stop anything.
[[nodiscard]] bool is_silent(model::Node const* node);
[[nodiscard]] model::Node const* node_of(ServiceView const& view, model::Task const& task);

/// Desired state says that the task should be there; a job's even once it has completed.
[[nodiscard]] inline bool is_wanted(model::Task const& task) {
  return task.desired_state <= model::TaskState::Complete;
}

/// The message of a task that the constraint enforcer throws out. Source: swarm mode. It stands
/// there from the decision on, while the task's container still stops, and marks the task as one
/// that must go.
inline constexpr char const* kEvictedMessage = "task rejected by constraint enforcer";
[[nodiscard]] inline bool is_evicted(model::Task const& task) {
  return task.status.message == kEvictedMessage;
}

/// The service is a job: its tasks run to completion.
[[nodiscard]] bool is_job(model::Service const& service);
/// One task a node, of a service or a job.
[[nodiscard]] bool is_global(model::Service const& service);

/// No update or rollback is under way or paused: every task that is made gets the service's spec.
[[nodiscard]] bool has_finished_update(model::Service const& service);

}  // namespace swarmward::scheduler
