#include "scheduler/loop/relevance.h"

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

namespace {

/// On its way from one of these states to another a task concerns nobody but its runner.
bool is_passing(model::TaskState state) {
  return state != model::TaskState::New && state != model::TaskState::Ready &&
         state < model::TaskState::Running;
}

}  // namespace

bool matters(state::Touch<model::Node> const& touch) {
  if (!touch.before || !touch.after) {
    return true;
  }
  return touch.before->spec != touch.after->spec ||
         touch.before->status.state != touch.after->status.state ||
         touch.before->description != touch.after->description ||
         touch.before->role != touch.after->role;
}

bool concerns_nobody(state::Touch<model::Task> const& touch) {
  if (!touch.before || !touch.after) {
    return false;
  }
  auto const& before = *touch.before;
  auto const& after = *touch.after;
  if (before.desired_state != after.desired_state || before.running_since != after.running_since) {
    return false;
  }
  if (before.status.state == after.status.state) {
    // The enforcer's mark is a message, and the updater reads why a task finds no node.
    return before.status.message == after.status.message &&
           (after.status.state != model::TaskState::Pending ||
            before.status.err == after.status.err);
  }
  // One that waited and found a node may fit new constraints there: the updater counts it no more.
  bool const found_node = before.node_id.empty() && !before.status.err.empty();
  return !found_node && is_passing(before.status.state) && is_passing(after.status.state);
}

bool holds_tasks_alike(model::Service const& before, model::Service const& after) {
  return (before.spec == after.spec || (before.spec->task == after.spec->task &&
                                        before.spec->endpoint == after.spec->endpoint)) &&
         has_finished_update(before) == has_finished_update(after);
}

}  // namespace swarmward::scheduler
