#include "scheduler/placement/placement_view.h"

#include <algorithm>

#include "scheduler/placement/reason_text.h"

namespace swarmward::scheduler {

PlacementView::PlacementView(state::Snapshot const& snapshot, Time now) : snapshot_(snapshot) {
  load_.rebuild(snapshot, now);
}

std::uint64_t PlacementView::replicas_on(model::NodeId const& node, model::Task const& task) const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(snapshot_.tasks_on(node), [&](state::TaskPtr const& other) {
        return other->service_id == task.service_id && is_active(*other);
      }));
}

std::vector<NodeVerdict> PlacementView::judge(model::Task const& task) const {
  auto const demand = demand_of(task, snapshot_);
  std::vector<NodeVerdict> verdicts;
  for (auto const& load : load_.nodes()) {
    // A task that names its node may go nowhere else.
    if (!load.node || (!task.node_id.empty() && task.node_id != load.node->id)) {
      continue;
    }
    auto const replicas = demand.max_replicas == 0 ? 0 : replicas_on(load.node->id, task);
    auto const needs = check_needs(demand.needs, *load.node);
    NodeVerdict verdict{load.node, first_failing_filter(demand, load, needs, replicas), {}};
    if (verdict.filter) {
      verdict.reason = reason_text(*verdict.filter, demand, load, replicas, snapshot_);
    }
    verdicts.push_back(std::move(verdict));
  }
  std::ranges::sort(verdicts, {}, [](NodeVerdict const& verdict) {
    return std::tie(verdict.node->description.hostname, verdict.node->id);
  });
  return verdicts;
}

bool PlacementView::take(model::NodeId const& node,
                         model::Task const& task,
                         std::uint64_t replicas) {
  auto const at = load_.find(node);
  if (at == ClusterLoad::kNoNode) {
    return false;
  }
  auto const demand = demand_of(task, snapshot_);
  auto const& load = load_.nodes()[at];
  if (first_failing_filter(demand, load, check_needs(demand.needs, *load.node), replicas)) {
    return false;
  }
  static_cast<void>(load_.assign(at, demand.share));
  return true;
}

}  // namespace swarmward::scheduler
