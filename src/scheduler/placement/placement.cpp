#include "scheduler/placement/placement.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace swarmward::scheduler {

namespace {

/// The group's tasks as they are now, in the order in which they are placed.
std::vector<state::TaskPtr> still_waiting(state::Snapshot const& head, WaitingGroup& group) {
  auto tasks = std::exchange(group.tasks, {});
  if (group.stale) {
    for (auto& task : tasks) {
      task = head.find_task(task->id);
    }
    std::erase_if(tasks, [](auto const& task) { return !task || !needs_node(*task); });
  }
  std::ranges::sort(tasks, {}, [](state::TaskPtr const& task) {
    return std::tuple(task->meta.created_at, task->slot, task->id.view());
  });
  // A task may have been given up and wanted again.
  // Not std::ranges::unique: clang 14 cannot compile that of libstdc++ 12.
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
  return tasks;
}

model::StatusText no_suitable_node(Rejections const& rejections) {
  auto const text = explain(rejections);
  return text.empty() ? "no suitable node" : "no suitable node (" + text + ")";
}

}  // namespace

void Placement::rebuild(state::Snapshot const& head, Time now) {
  classes_.clear();
  load_.rebuild(head, now);
  waiting_.rebuild(head);
  seen_ = load_.position() + 1;  // Unknown: everything is due.
  last_sweep_ = now;
}

void Placement::touch(state::Touched const& touched, Time now) {
  load_.touch(touched, now);
  for (auto const& touch : touched.tasks) {
    waiting_.touch(touch);
  }
}

bool Placement::due() const {
  return waiting_.fresh() > 0 || (!waiting_.empty() && seen_ != load_.position());
}

Time Placement::wake() const {
  return waiting_.empty() ? Time::max() : last_sweep_ + kSweep;
}

std::vector<Assignment> Placement::plan(state::Snapshot const& head, Time now) {
  load_.expire(now);
  bool const sweep = now - last_sweep_ >= kSweep;
  if (sweep) {
    last_sweep_ = now;
  }
  auto const due = waiting_.due(sweep ? std::nullopt : load_.changes_since(seen_), load_);
  std::vector<Assignment> assignments;
  for (auto const& waiting : due) {
    auto const tasks = still_waiting(head, waiting->second);
    auto const first = assignments.size();
    if (!tasks.empty()) {
      auto& demand = waiting->second.demand;
      bool const waited_before = demand.has_value();
      if (!demand) {
        demand = demand_of(*tasks.front(), head);
      }
      Group const group{waiting->first, *demand, tasks, waited_before};
      group.key.node.empty() ? place(head, group, assignments) : confirm(head, group, assignments);
    }
    std::vector<state::TaskPtr> left;
    for (auto at = first; at < assignments.size(); ++at) {
      if (assignments[at].node.empty()) {
        left.push_back(assignments[at].task);
      }
    }
    waiting_.keep(waiting, std::move(left));
  }
  seen_ = load_.position();
  return assignments;
}

/// Tasks that name their node: they go there or wait.
void Placement::confirm(state::Snapshot const& head,
                        Group const& group,
                        std::vector<Assignment>& out) {
  auto const at = load_.find(group.key.node);
  std::uint64_t replicas = 0;
  if (group.demand.max_replicas != 0) {
    replicas = static_cast<std::uint64_t>(
        std::ranges::count_if(head.tasks_on(group.key.node), [&](auto const& task) {
          return task->service_id == group.key.service && is_active(*task);
        }));
    replicas += static_cast<std::uint64_t>(std::ranges::count_if(out, [&](auto const& placed) {
      return placed.task->service_id == group.key.service && placed.node == group.key.node;
    }));
  }
  for (auto const& task : group.tasks) {
    if (at == ClusterLoad::kNoNode) {
      out.push_back({task, {}, {}, {}, {}});
      continue;
    }
    auto const& load = load_.nodes()[at];
    auto const needs = check_needs(group.demand.needs, *load.node);
    if (auto const filter = first_failing_filter(group.demand, load, needs, replicas)) {
      Rejections rejections{};
      ++rejections[static_cast<std::size_t>(*filter)];
      out.push_back({task, {}, {}, {}, explain(rejections)});
      continue;
    }
    ++replicas;
    out.push_back({task,
                   load.node->id,
                   load_.assign(at, group.demand.share),
                   "scheduler confirmed task can run on preassigned node",
                   {}});
  }
}

void Placement::place(state::Snapshot const& head,
                      Group const& group,
                      std::vector<Assignment>& out) {
  auto& nodes = classes_.get(group.demand, load_);
  count_replicas(head, group, out);
  std::optional<model::StatusText> reason;
  if (group.waited_before) {
    // Most probably there is still none; finding that out here spares taking all nodes in turn.
    auto const rejections = reject_all(group.demand, nodes);
    auto const rejected = std::accumulate(rejections.begin(), rejections.end(), std::size_t{0});
    if (by_slot_.empty() && rejected == load_.size()) {
      reason = no_suitable_node(rejections);
    }
  }
  GroupPlacement placing(
      group.demand, {group.key.service, group.key.spec_version}, load_, nodes, replicas_);
  for (auto const& task : group.tasks) {
    auto const best = reason ? Candidate{} : choose(placing, group, *task);
    if (best) {
      auto given = placing.assign(best.node);
      out.push_back({task,
                     load_.nodes()[best.node].node->id,
                     std::move(given),
                     "scheduler assigned task to node",
                     {}});
      continue;
    }
    auto const why = reason ? *reason : no_suitable_node(reject_all(group.demand, nodes));
    out.push_back({task, {}, {}, {}, why});
    if (by_slot_.empty()) {
      reason = why;  // The same for all that follow.
    }
  }
}

Candidate Placement::choose(GroupPlacement& placing, Group const& group, model::Task const& task) {
  std::vector<ClusterLoad::Index> avoid;
  for (auto const& [id, count] : load_.failures().starts_of(task.service_id, task.slot)) {
    if (auto const at = load_.find(id); at != ClusterLoad::kNoNode) {
      avoid.push_back(at);
    }
  }
  auto best = placing.choose(avoid);
  if (!best && !avoid.empty()) {
    best = placing.choose({});
  }
  if (best) {
    return best;
  }
  // The task that this one takes over from does not count against the replicas of its node.
  auto const own = by_slot_.find(task.slot);
  if (own == by_slot_.end()) {
    return {};
  }
  auto const& load = load_.nodes()[own->second];
  auto const others = replicas_.of(own->second) - 1;
  auto const needs = check_needs(group.demand.needs, *load.node);
  bool const fits = !first_failing_filter(group.demand, load, needs, others);
  return fits ? Candidate{0, 0, 0, own->second} : Candidate{};
}

Rejections Placement::reject_all(Demand const& demand, NodeClass const& nodes) const {
  Rejections rejections{};
  for (ClusterLoad::Index at = 0; at < load_.nodes().size(); ++at) {
    auto const& load = load_.nodes()[at];
    if (!load.node) {
      continue;
    }
    if (auto const filter =
            first_failing_filter(demand, load, nodes.needs_of(at), replicas_.of(at))) {
      ++rejections[static_cast<std::size_t>(*filter)];
    }
  }
  return rejections;
}

void Placement::count_replicas(state::Snapshot const& head,
                               Group const& group,
                               std::vector<Assignment> const& out) {
  replicas_.clear();
  by_slot_.clear();
  auto const& index = head.tasks_by_service;
  for (auto it = index.lower_bound({group.key.service}); it != index.end(); ++it) {
    auto const& task = *it.value();
    if (task.service_id != group.key.service) {
      break;
    }
    auto const at = is_active(task) ? load_.find(task.node_id) : ClusterLoad::kNoNode;
    if (at == ClusterLoad::kNoNode) {
      continue;
    }
    replicas_.add(at);
    if (group.demand.max_replicas != 0) {
      by_slot_[task.slot] = at;
    }
  }
  if (group.demand.max_replicas == 0) {
    return;
  }
  // What was placed just now of another version of the service: the head does not show it yet.
  for (auto const& placed : out) {
    if (placed.task->service_id == group.key.service && !placed.node.empty()) {
      auto const at = load_.find(placed.node);
      replicas_.add(at);
      by_slot_[placed.task->slot] = at;
    }
  }
}

}  // namespace swarmward::scheduler
