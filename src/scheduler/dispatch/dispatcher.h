#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/network_plan.h"
#include "model/task_file.h"
#include "state/state_store.h"

namespace swarmward::scheduler {

/// A task as its node's runner gets it.
struct DispatchedTask {
  state::TaskPtr task;
  std::string registry_auth;  ///< Never logged.
  std::vector<model::TaskNetwork> networks;
  /// Its secrets and configs, unless its container has been started or will not be; or why it
  /// cannot have them.
  Result<std::vector<model::TaskFile>> files = std::vector<model::TaskFile>{};
};

/// Takes assignments for the nodes; implemented outside. Called on the store's strand.
class TaskTarget {
 public:
  virtual ~TaskTarget() = default;
  virtual void task_changed(model::NodeId const& node, DispatchedTask task) = 0;
  virtual void task_gone(model::NodeId const& node, model::TaskId const& task) = 0;
};

/// All tasks that a node should know now: what its runner starts from.
[[nodiscard]] std::vector<DispatchedTask> tasks_for(state::Snapshot const& snapshot,
                                                    model::NodeId const& node);

/// Tells the target what a publication means for the nodes. Only durable decisions get here;
/// changes of the observed status alone are not sent back to whoever observed them.
void dispatch(state::Snapshot const& snapshot, state::Touched const& touched, TaskTarget& target);

}  // namespace swarmward::scheduler
