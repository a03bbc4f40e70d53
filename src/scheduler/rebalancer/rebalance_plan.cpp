#include "scheduler/rebalancer/rebalance_plan.h"

#include <algorithm>
#include <map>

#include "model/ward_labels.h"
#include "scheduler/orchestrator/node_fitness.h"
#include "scheduler/orchestrator/spread.h"
#include "scheduler/restart/drain_move.h"

namespace swarmward::scheduler {

namespace {

/// A node that may take tasks of the service, with those that it has.
struct Seat {
  model::Node const* node = nullptr;
  std::vector<model::Task const*> tasks;
};

/// The seats of one branch of the first spread preference.
struct Branch {
  std::vector<Seat> seats;
  [[nodiscard]] std::size_t tasks() const {
    std::size_t sum = 0;
    for (auto const& seat : seats) {
      sum += seat.tasks.size();
    }
    return sum;
  }
};

std::size_t load(Seat const& seat) {
  return seat.tasks.size();
}

bool in_update(model::Service const& service) {
  return service.update_status && !has_finished_update(service);
}

/// When the service has last changed; nothing if it is not at rest at all.
std::optional<Time> at_rest_since(ServiceView const& view) {
  auto since = view.service->meta.updated_at;
  std::size_t wanted = 0;
  for (auto const* task : view.tasks) {
    if (!is_wanted(*task)) {
      continue;
    }
    ++wanted;
    if (task->status.state != model::TaskState::Running || view.outdated(*task)) {
      return std::nullopt;
    }
    since = std::max(since, task->meta.updated_at);
  }
  auto const replicas = std::get<model::Replicated>(view.service->spec->mode).replicas;
  return wanted == replicas ? std::optional(since) : std::nullopt;
}

/// The end of the pause after the last move.
Time cooled_down_at(ServiceView const& view) {
  Time at{};
  for (auto const* task : view.tasks) {
    if (task->origin == model::TaskOrigin::Move) {
      at = std::max(at, task->meta.updated_at + kMoveCooldown);
    }
  }
  return at;
}

/// Seats by branch. `since` becomes the time of the last change of a node, if that is later.
std::map<std::string, Branch> seats_of(ServiceView const& view, Time& since) {
  NodeFitness const fitness(*view.service);
  std::map<model::NodeId, std::vector<model::Task const*>> by_node;
  for (auto const* task : view.tasks) {
    if (is_wanted(*task)) {
      by_node[task->node_id].push_back(task);
    }
  }
  std::map<std::string, Branch> branches;
  for (auto const& [id, node] : *view.nodes) {
    if (!fitness.may_get(*node)) {
      continue;
    }
    since = std::max(since, node->meta.updated_at);
    auto const path = spread_path(*view.service, *node);
    branches[path.empty() ? std::string{} : path.front()].seats.push_back(
        {node.get(), std::move(by_node[id])});
  }
  return branches;
}

struct Move {
  Seat const* from = nullptr;
  Seat const* to = nullptr;
};

/// From the fullest to the emptiest seat, if that evens them out.
Move best_move(Branch const& from, Branch const& to, std::size_t least_difference) {
  auto const id = [](Seat const& seat) { return seat.node->id; };
  auto const fullest = std::ranges::max_element(
      from.seats, {}, [&](Seat const& seat) { return std::pair(load(seat), id(seat)); });
  auto const emptiest = std::ranges::min_element(
      to.seats, {}, [&](Seat const& seat) { return std::pair(load(seat), id(seat)); });
  bool const worth = load(*fullest) >= load(*emptiest) + least_difference;
  return worth ? Move{&*fullest, &*emptiest} : Move{};
}

Move find_move(std::map<std::string, Branch> const& branches) {
  auto const by_tasks = [](auto const& entry) { return entry.second.tasks(); };
  auto const fullest = std::ranges::max_element(branches, {}, by_tasks);
  auto const emptiest = std::ranges::min_element(branches, {}, by_tasks);
  if (fullest->second.tasks() >= emptiest->second.tasks() + 2) {
    return best_move(fullest->second, emptiest->second, 0);
  }
  for (auto const& [name, branch] : branches) {
    auto const move = best_move(branch, branch, 2);
    if (move.from != nullptr) {
      return move;
    }
  }
  return {};
}

}  // namespace

void plan_rebalance(ServiceView const& view, TaskPlan& plan) {
  if (!model::has_rebalance(view.service->spec->annotations.labels) ||
      !std::holds_alternative<model::Replicated>(view.service->spec->mode) ||
      in_update(*view.service) || !plan.empty()) {
    return;
  }
  auto since = at_rest_since(view);
  if (!since) {
    return;
  }
  auto const branches = seats_of(view, *since);
  auto const move = branches.empty() ? Move{} : find_move(branches);
  if (move.from == nullptr || move.from->tasks.empty()) {
    return;
  }
  auto const at = std::max(*since + kRestBeforeMove, cooled_down_at(view));
  if (at > view.now) {
    plan.wake_at(at);
    return;
  }
  auto const* task =
      *std::ranges::max_element(move.from->tasks, {}, [](auto const* each) { return each->slot; });
  // Where the old one has to stop first, the new one waits, prepared, until it has.
  plan.create.push_back({.place = Place{task->slot, move.to->node->id},
                         .desired = moves_start_first(*view.service) ? model::TaskState::Running
                                                                     : model::TaskState::Ready,
                         .replaces = task->id,
                         .start_not_before = view.now,
                         .origin = model::TaskOrigin::Move,
                         .failures_before = task->failures_before,
                         .restarts = task->restarts});
}

}  // namespace swarmward::scheduler
