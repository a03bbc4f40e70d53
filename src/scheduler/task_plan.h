#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "model/node.h"
#include "model/task.h"

namespace swarmward::scheduler {

/// Nothing to wait for.
inline constexpr Time kNever = Time::max();

/// Where a task of a service belongs: a slot (replicated) or a node (global).
struct Place {
  model::Slot slot = 0;
  model::NodeId node;
  auto operator<=>(Place const&) const = default;
};

/// A task to be made from the service's present spec.
struct NewTask {
  Place place;
  model::TaskState desired = model::TaskState::Running;
  model::TaskId replaces;   ///< It starts when that one has stopped; empty: nothing to wait for.
  Time start_not_before{};  ///< Restart delay.
  bool by_update = false;
  std::vector<Time> restarts;  ///< See model::Task::restarts.
};

/// What must change for the tasks of one service.
struct TaskPlan {
  std::vector<NewTask> create;
  std::vector<model::TaskId> shutdown;  ///< Desired state becomes Shutdown: kept as history.
  std::vector<model::TaskId> remove;    ///< Desired state becomes Remove.
  std::vector<model::TaskId> start;     ///< Desired state goes from Ready to Running.
  std::optional<model::UpdateStatus> update_status;
  bool roll_back = false;  ///< The spec goes back to the previous one.
  Time wake = kNever;      ///< Look again at this time even if nothing happens.

  [[nodiscard]] bool empty() const {
    return create.empty() && shutdown.empty() && remove.empty() && start.empty() &&
           !update_status && !roll_back;
  }
  void wake_at(Time time) { wake = std::min(wake, time); }
};

/// All that a decision about one service looks at. Pointers outlive the call.
struct ServiceView {
  model::Service const* service = nullptr;
  std::vector<model::Task const*> tasks;              ///< All of the service, any order.
  std::map<model::NodeId, model::Node const*> nodes;  ///< All of the cluster.
  Time now{};
};

/// The node can no longer hold tasks: gone, down or drained.
[[nodiscard]] bool is_lost(model::Node const* node);
/// The node's engine cannot be asked to stop anything.
[[nodiscard]] bool is_silent(model::Node const* node);
[[nodiscard]] model::Node const* node_of(ServiceView const& view, model::Task const& task);

/// Desired state says that the task should be there.
[[nodiscard]] inline bool is_wanted(model::Task const& task) {
  return task.desired_state <= model::TaskState::Running;
}

using TasksByPlace = std::map<Place, std::vector<model::Task const*>>;

/// The service's tasks by slot or, for a global service, by node; the newest of each place last.
[[nodiscard]] TasksByPlace by_place(ServiceView const& view);

/// The service's spec asks for another container than this task is, so it must be replaced. A
/// change of placement alone spares tasks whose node satisfies the new constraints.
[[nodiscard]] bool is_outdated(model::Task const& task,
                               model::Service const& service,
                               model::Node const* node);

/// All constraints hold on the node. Those that do not parse never match.
[[nodiscard]] bool satisfies(std::vector<std::string> const& constraints, model::Node const& node);

}  // namespace swarmward::scheduler
