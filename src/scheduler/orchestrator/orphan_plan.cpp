#include "scheduler/orchestrator/orphan_plan.h"

namespace swarmward::scheduler {

void plan_orphans(ServiceView const& view, TaskPlan& plan) {
  for (auto const* task : view.tasks) {
    auto const state = task->status.state;
    if (is_wanted(*task) || state < model::TaskState::Assigned || model::is_terminal(state)) {
      continue;
    }
    auto const* node = node_of(view, *task);
    if (node == nullptr || !is_silent(node)) {
      continue;
    }
    auto const at = std::max(task->meta.updated_at, node->meta.updated_at) + kOrphanAfter;
    if (at <= view.now) {
      plan.orphan.push_back(task->id);
    } else {
      plan.wake_at(at);
    }
  }
}

}  // namespace swarmward::scheduler
