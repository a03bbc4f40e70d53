#include "scheduler/enforcer/enforcer_plan.h"

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

std::vector<model::TaskId> plan_enforcement(model::Node const& node,
                                            std::vector<PlacedTask> const& placed) {
  std::vector<model::TaskId> offenders;
  if (node.spec.availability != model::Availability::Active) {
    return offenders;
  }
  std::int64_t cpus = 0;
  std::int64_t memory_bytes = 0;
  for (auto const& [task, service] : placed) {
    if (!is_wanted(*task) || task->status.state < model::TaskState::Assigned ||
        model::is_terminal(task->status.state)) {
      continue;
    }
    bool const outdated = is_outdated(*task, *service, &node);
    auto const& placement = outdated ? task->spec->placement : service->spec->task.placement;
    bool fits = !placement || satisfies(placement->constraints, node);
    if (fits && task->spec->resources && task->spec->resources->reservations) {
      auto const& reserved = *task->spec->resources->reservations;
      cpus += reserved.nano_cpus;
      memory_bytes += reserved.memory_bytes;
      fits = cpus <= node.description.resources.nano_cpus &&
             memory_bytes <= node.description.resources.memory_bytes;
    }
    if (!fits) {
      offenders.push_back(task->id);
    }
  }
  return offenders;
}

}  // namespace swarmward::scheduler
