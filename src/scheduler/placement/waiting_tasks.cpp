#include "scheduler/placement/waiting_tasks.h"

#include <algorithm>

#include "scheduler/placement/filters.h"

namespace swarmward::scheduler {

namespace {

/// A node that gave something back may be what the group waits for. How many tasks of the service
/// it may have is left to the placement itself.
bool may_take(NodeLoad const& load, WaitingKey const& key, WaitingGroup const& group) {
  if (!load.node || !group.demand || (!key.node.empty() && key.node != load.node->id)) {
    return false;
  }
  auto const& demand = *group.demand;
  return load.open && has_room(load, demand.share) && has_free_ports(load, demand.share) &&
         !check_needs(demand.needs, *load.node);
}

}  // namespace

bool needs_node(model::Task const& task) {
  return task.status.state == model::TaskState::Pending &&
         task.desired_state <= model::TaskState::Complete;
}

void WaitingTasks::rebuild(state::Snapshot const& head) {
  groups_.clear();
  fresh_ = 0;
  for (auto const [id, task] : head.tasks) {
    if (needs_node(*task)) {
      add(task);
    }
  }
}

void WaitingTasks::touch(state::Touch<model::Task> const& touch) {
  bool const known = touch.before && needs_node(*touch.before);
  if (known) {
    auto const& before = *touch.before;
    auto const group = groups_.find({before.service_id, before.spec_version, before.node_id});
    if (group != groups_.end()) {
      group->second.stale = true;
    }
  }
  if (touch.after && needs_node(*touch.after) && !known) {
    add(touch.after);
  }
}

void WaitingTasks::add(state::TaskPtr const& task) {
  auto const [group, added] =
      groups_.try_emplace({task->service_id, task->spec_version, task->node_id});
  auto& waiting = group->second;
  waiting.since = added ? task->meta.created_at : std::min(waiting.since, task->meta.created_at);
  waiting.tasks.push_back(task);
  waiting.fresh = true;
  ++fresh_;
}

std::vector<WaitingTasks::Groups::iterator> WaitingTasks::due(
    std::optional<std::vector<ClusterLoad::Change>> const& changes, ClusterLoad const& load) {
  bool const all =
      !changes || std::ranges::any_of(*changes, [](auto const& each) { return each.definition; });
  std::vector<Groups::iterator> due;
  for (auto at = groups_.begin(); at != groups_.end(); ++at) {
    bool const freed =
        !all && !at->second.fresh && std::ranges::any_of(*changes, [&](auto const& change) {
          return may_take(load.nodes()[change.node], at->first, at->second);
        });
    if (all || at->second.fresh || freed) {
      due.push_back(at);
    }
  }
  std::ranges::sort(due, {}, [](auto const& at) {
    return std::tuple(at->first.node.empty(), at->second.since, at->first);
  });
  fresh_ = 0;
  return due;
}

void WaitingTasks::keep(Groups::iterator group, std::vector<state::TaskPtr> tasks) {
  if (tasks.empty()) {
    groups_.erase(group);
    return;
  }
  group->second.tasks = std::move(tasks);
  group->second.fresh = false;
  // Writing why they wait replaces them.
  group->second.stale = true;
}

}  // namespace swarmward::scheduler
