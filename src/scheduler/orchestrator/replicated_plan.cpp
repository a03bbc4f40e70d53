#include "scheduler/orchestrator/replicated_plan.h"

#include <algorithm>
#include <limits>
#include <set>

#include "scheduler/restart/restart_plan.h"

namespace swarmward::scheduler {

namespace {

/// A slot that has, or counts as having, its task.
struct LiveSlot {
  model::Slot slot = 0;
  std::vector<model::Task const*> wanted;  ///< Empty if a finished task holds the slot.
  bool running = false;
  std::size_t rank = 0;  ///< It is the rank-th of its node; see rank_on_nodes.
};

constexpr std::size_t kUnplaced = std::numeric_limits<std::size_t>::max();

/// Numbers the slots of each node, best first, so that the fullest nodes give up theirs first.
void rank_on_nodes(std::vector<LiveSlot>& slots) {
  std::ranges::sort(slots, [](auto const& a, auto const& b) {
    return std::pair(!a.running, a.slot) < std::pair(!b.running, b.slot);
  });
  std::map<model::NodeId, std::size_t> count;
  for (auto& slot : slots) {
    bool const placed = slot.wanted.size() == 1 && !slot.wanted.front()->node_id.empty();
    slot.rank = placed ? count[slot.wanted.front()->node_id]++ : kUnplaced;
  }
  std::ranges::stable_sort(slots, {}, &LiveSlot::rank);
}

void remove_surplus(std::vector<LiveSlot> slots,
                    std::uint64_t replicas,
                    TasksByPlace const& places,
                    TaskPlan& plan) {
  rank_on_nodes(slots);
  for (std::size_t at = replicas; at < slots.size(); ++at) {
    for (auto const* task : places.at(Place{slots[at].slot, {}})) {
      if (task->desired_state < model::TaskState::Remove) {
        plan.remove.push_back(task->id);
      }
    }
  }
}

void fill_gaps(std::set<model::Slot> const& taken, std::uint64_t missing, TaskPlan& plan) {
  for (model::Slot slot = 1; missing > 0; ++slot) {
    if (!taken.contains(slot)) {
      plan.create.push_back({Place{slot, {}}, model::TaskState::Running, {}, {}, false, {}});
      --missing;
    }
  }
}

}  // namespace

TaskPlan plan_replicated(ServiceView const& view) {
  TaskPlan plan;
  auto const places = by_place(view);
  auto const replicas = std::get<model::Replicated>(view.service->spec->mode).replicas;
  std::vector<LiveSlot> live;
  std::vector<Place> dead;
  for (auto const& [place, tasks] : places) {
    LiveSlot slot{place.slot, {}, false, 0};
    for (auto const* task : tasks) {
      if (is_wanted(*task)) {
        slot.wanted.push_back(task);
        slot.running |= task->status.state == model::TaskState::Running;
      }
    }
    if (!slot.wanted.empty() || is_finished(tasks)) {
      live.push_back(std::move(slot));
    } else {
      dead.push_back(place);
    }
  }

  bool const surplus = live.size() > replicas;
  if (surplus) {
    remove_surplus(live, replicas, places, plan);
  } else {
    for (auto const& slot : live) {
      for (auto const* task : slot.wanted) {
        plan_restart(view, Place{slot.slot, {}}, *task, plan);
      }
    }
    std::set<model::Slot> taken;
    std::ranges::transform(live, std::inserter(taken, taken.end()), &LiveSlot::slot);
    fill_gaps(taken, replicas - live.size(), plan);
  }
  // Slots that nothing will fill again lose their history.
  std::set<model::Slot> refilled;
  for (auto const& created : plan.create) {
    refilled.insert(created.place.slot);
  }
  for (auto const& place : dead) {
    if (refilled.contains(place.slot)) {
      continue;
    }
    for (auto const* task : places.at(place)) {
      if (task->desired_state < model::TaskState::Remove) {
        plan.remove.push_back(task->id);
      }
    }
  }
  plan_starts(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
