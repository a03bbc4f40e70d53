#include "scheduler/rebalancer/seats.h"

#include <algorithm>

#include "scheduler/orchestrator/node_fitness.h"
#include "scheduler/orchestrator/spread.h"

namespace swarmward::scheduler {

namespace {

std::size_t load(Seat const& seat) {
  return seat.tasks.size();
}

/// From the fullest to the emptiest seat, if that evens them out.
SeatChange best_change(Branch& from, Branch& to, std::size_t least_difference) {
  auto const rank = [](Seat const& seat) { return std::pair(load(seat), seat.node->id); };
  auto const fullest = std::ranges::max_element(from.seats, {}, rank);
  auto const emptiest = std::ranges::min_element(to.seats, {}, rank);
  bool const worth = load(*fullest) >= load(*emptiest) + least_difference;
  return worth ? SeatChange{&*fullest, &*emptiest} : SeatChange{};
}

}  // namespace

std::size_t Branch::tasks() const {
  std::size_t sum = 0;
  for (auto const& seat : seats) {
    sum += seat.tasks.size();
  }
  return sum;
}

Branches seats_of(ServiceView const& view, std::vector<model::Task const*> const& tasks) {
  NodeFitness const fitness(*view.service);
  std::map<model::NodeId, std::vector<model::Task const*>> by_node;
  for (auto const* task : tasks) {
    by_node[task->node_id].push_back(task);
  }
  Branches branches;
  for (auto const& [id, node] : *view.nodes) {
    if (!fitness.may_get(*node)) {
      continue;
    }
    auto const path = spread_path(*view.service, *node);
    branches[path.empty() ? std::string{} : path.front()].seats.push_back(
        {node.get(), std::move(by_node[id])});
  }
  return branches;
}

SeatChange find_change(Branches& branches) {
  if (branches.empty()) {
    return {};
  }
  auto const by_tasks = [](auto const& entry) { return entry.second.tasks(); };
  auto const fullest = std::ranges::max_element(branches, {}, by_tasks);
  auto const emptiest = std::ranges::min_element(branches, {}, by_tasks);
  if (fullest->second.tasks() >= emptiest->second.tasks() + 2) {
    return best_change(fullest->second, emptiest->second, 0);
  }
  for (auto& [name, branch] : branches) {
    auto const change = best_change(branch, branch, 2);
    if (change.from != nullptr) {
      return change;
    }
  }
  return {};
}

}  // namespace swarmward::scheduler
