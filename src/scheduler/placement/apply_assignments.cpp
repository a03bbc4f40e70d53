#include "scheduler/placement/apply_assignments.h"

#include <utility>

namespace swarmward::scheduler {

void apply_assignments(state::Draft& draft, std::vector<Assignment> const& assignments) {
  for (auto const& assignment : assignments) {
    bool const placed = !assignment.node.empty();
    if (!placed && assignment.task->status.err == assignment.err) {
      continue;
    }
    auto task = *assignment.task;
    if (placed) {
      task.node_id = assignment.node;
      task.generic_resources = assignment.generic;
      task.status.state = model::TaskState::Assigned;
      task.status.message = assignment.message;
    }
    task.status.err = assignment.err;
    task.status.timestamp = draft.now();
    draft.put(std::move(task));
  }
}

}  // namespace swarmward::scheduler
