#include "scheduler/rebalancer/move_list.h"

#include <algorithm>
#include <limits>
#include <set>

#include "scheduler/rebalancer/seats.h"
#include "scheduler/restart/drain_move.h"

namespace swarmward::scheduler {

namespace {

/// The wanted tasks, each place once: of two, the one that takes over.
std::vector<model::Task const*> settled_tasks(ServiceView const& view) {
  std::vector<model::Task const*> tasks;
  for (auto const& place : view.places()) {
    model::Task const* last = nullptr;
    for (auto const* task : place.tasks) {
      last = is_wanted(*task) ? task : last;
    }
    if (last != nullptr && !last->node_id.empty()) {
      tasks.push_back(last);
    }
  }
  return tasks;
}

bool may_leave(model::Task const& task) {
  return task.status.state == model::TaskState::Running &&
         task.desired_state == model::TaskState::Running && !is_evicted(task);
}

/// Moves tasks from seat to seat on paper.
class Mover {
 public:
  Mover(ServiceView const& view, PlacementView& nodes)
      : nodes_(nodes), branches_(seats_of(view, settled_tasks(view))) {}

  std::vector<PlannedMove> moves() {
    std::vector<PlannedMove> found;
    for (auto change = find_change(branches_); change.from != nullptr;
         change = find_change(branches_)) {
      auto const task = candidate(*change.from);
      if (task == change.from->tasks.end()) {
        close(change.from->node);  // What is there cannot be moved.
      } else if (!nodes_.take(change.to->node->id, **task, change.to->tasks.size())) {
        close(change.to->node);
      } else {
        found.push_back({*task, change.to->node->id});
        moved_.insert((*task)->id);
        change.to->tasks.push_back(*task);
        change.from->tasks.erase(task);
      }
    }
    return found;
  }

 private:
  /// The highest slot that may be moved, as the service is scaled down from there too.
  std::vector<model::Task const*>::iterator candidate(Seat& seat) {
    auto best = seat.tasks.end();
    for (auto it = seat.tasks.begin(); it != seat.tasks.end(); ++it) {
      bool const fit = may_leave(**it) && !moved_.contains((*it)->id);
      if (fit && (best == seat.tasks.end() || (*it)->slot > (*best)->slot)) {
        best = it;
      }
    }
    return best;
  }

  /// The node takes no further part.
  void close(model::Node const* node) {
    for (auto& [name, branch] : branches_) {
      std::erase_if(branch.seats, [&](Seat const& seat) { return seat.node == node; });
    }
    std::erase_if(branches_, [](auto const& entry) { return entry.second.seats.empty(); });
  }

  PlacementView& nodes_;
  Branches branches_;
  std::set<model::TaskId> moved_;
};

}  // namespace

MoveList list_moves(ServiceView const& view, PlacementView& nodes) {
  if (!std::holds_alternative<model::Replicated>(view.service->spec->mode)) {
    return {{}, "only replicated services can be evened out"};
  }
  if (view.service->update_status && !has_finished_update(*view.service)) {
    return {{}, "an update is under way or paused"};
  }
  return {Mover(view, nodes).moves(), {}};
}

std::size_t free_moves(ServiceView const& view) {
  auto const most = move_parallelism(*view.service);
  if (most == 0) {
    return std::numeric_limits<std::size_t>::max();
  }
  // Those too whose old task has stopped already: their place is empty meanwhile.
  auto const under_way =
      static_cast<std::uint64_t>(std::ranges::count_if(view.tasks, [](model::Task const* task) {
        return task->origin == model::TaskOrigin::Move && is_wanted(*task) &&
               task->status.state < model::TaskState::Running;
      }));
  return most > under_way ? most - under_way : 0;
}

NewTask make_move(ServiceView const& view, PlannedMove const& move) {
  auto const& task = *move.task;
  return {.place = Place{task.slot, move.to},
          .desired = moves_start_first(*view.service) ? model::TaskState::Running
                                                      : model::TaskState::Ready,
          .replaces = task.id,
          .start_not_before = view.now,
          .origin = model::TaskOrigin::Move,
          .failures_before = task.failures_before,
          .restarts = task.restarts};
}

}  // namespace swarmward::scheduler
