#include "scheduler/dispatch/dispatcher.h"

#include "scheduler/dispatch/task_files.h"
#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

bool is_assigned(state::TaskPtr const& task) {
  return task && !task->node_id.empty() && task->status.state >= model::TaskState::Assigned;
}

DispatchedTask dispatched(state::Snapshot const& snapshot, state::TaskPtr task) {
  auto const service = snapshot.find_service(task->service_id);
  auto networks = networks_for(snapshot, *task);
  auto files = files_for(snapshot, *task);
  return {std::move(task),
          service ? service->registry_auth : std::string{},
          std::move(networks),
          std::move(files)};
}

}  // namespace

std::vector<DispatchedTask> tasks_for(state::Snapshot const& snapshot, model::NodeId const& node) {
  std::vector<DispatchedTask> tasks;
  for (auto& task : snapshot.tasks_on(node)) {
    if (is_assigned(task)) {
      tasks.push_back(dispatched(snapshot, std::move(task)));
    }
  }
  return tasks;
}

void dispatch(state::Snapshot const& snapshot, state::Touched const& touched, TaskTarget& target) {
  for (auto const& touch : touched.tasks) {
    if (!touch.after) {
      if (is_assigned(touch.before)) {
        target.task_gone(touch.before->node_id, touch.before->id);
      }
      continue;
    }
    bool const fresh =
        !is_assigned(touch.before) || touch.before->desired_state != touch.after->desired_state;
    if (fresh && is_assigned(touch.after)) {
      target.task_changed(touch.after->node_id, dispatched(snapshot, touch.after));
    }
  }
}

}  // namespace swarmward::scheduler
