#include "scheduler/placement/group_placement.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace swarmward::scheduler {

void ReplicaCounts::add(ClusterLoad::Index node) {
  if (node >= counts_.size()) {
    counts_.resize(node + 1);
  }
  if (counts_[node]++ == 0) {
    touched_.push_back(node);
  }
}

void ReplicaCounts::clear() {
  for (auto const node : touched_) {
    counts_[node] = 0;
  }
  touched_.clear();
}

GroupPlacement::GroupPlacement(Demand const& demand,
                               ServiceVersion const& version,
                               ClusterLoad& load,
                               NodeClass& nodes,
                               ReplicaCounts& replicas)
    : demand_(demand),
      load_(load),
      nodes_(nodes),
      replicas_(replicas),
      states_(nodes.branches().size()) {
  for (auto const& [id, count] : load.failures().of(version)) {
    auto const node = load.find(id);
    if (count >= kFailuresToAvoid && node != ClusterLoad::kNoNode) {
      failures_.emplace_back(node, count);
    }
  }
  for (auto const node : replicas.nodes()) {
    count_on_branches(node, replicas.of(node));
  }
}

GroupPlacement::~GroupPlacement() {
  for (auto const node : taken_) {
    nodes_.put_back(node, load_);
  }
}

Candidate GroupPlacement::choose(std::vector<Index> const& avoid) {
  reconsider();
  avoid_ = avoid;
  for (auto const node : avoid_) {
    forget(nodes_.branch_of(node));
  }
  auto const best = best_of(0);
  avoid_.clear();
  return best;
}

/// Nodes that the last choice had to avoid count again.
void GroupPlacement::reconsider() {
  for (auto const node : std::exchange(passed_over_, {})) {
    forget(nodes_.branch_of(node));
    push_later(node);
  }
}

std::vector<model::GenericResource> GroupPlacement::assign(Index node) {
  auto& leaf = states_[nodes_.branch_of(node)];
  bool const chosen = leaf.known && leaf.best.node == node;
  if (chosen) {
    leaf.best = {};
  }
  auto given = load_.assign(node, demand_.share);
  replicas_.add(node);
  count_on_branches(node, 1);
  forget(nodes_.branch_of(node));
  if (chosen) {
    push_later(node);
  }
  return given;
}

void GroupPlacement::count_on_branches(Index node, std::uint32_t by) {
  auto branch = nodes_.branch_of(node);
  states_[branch].replicas += by;
  while (branch != 0) {
    branch = nodes_.branches()[branch].parent;
    states_[branch].replicas += by;
  }
}

/// What is known of the best of a branch, and of those around it, no longer holds.
void GroupPlacement::forget(std::size_t branch) {
  auto& leaf = states_[branch];
  if (std::exchange(leaf.known, false) && leaf.best) {
    push_later(leaf.best.node);
  }
  leaf.best = {};
  while (branch != 0) {
    branch = nodes_.branches()[branch].parent;
    states_[branch].known = false;
  }
}

Candidate const& GroupPlacement::best_of(std::size_t branch) {
  auto const& children = nodes_.branches()[branch].children;
  if (states_[branch].known) {
    return states_[branch].best;
  }
  Candidate best;
  std::uint64_t least = 0;
  if (children.empty()) {
    best = find_in_leaf(branch);
  }
  for (auto const child : children) {
    auto const& candidate = best_of(child);
    auto const replicas = states_[child].replicas;
    if (candidate && (!best || std::tie(replicas, candidate) < std::tie(least, best))) {
      best = candidate;
      least = replicas;
    }
  }
  states_[branch].best = best;
  states_[branch].known = true;
  return states_[branch].best;
}

/// The best node of a leaf, taken out of the heaps, whether it fits or not.
Candidate GroupPlacement::take_from_leaf(std::size_t leaf) {
  auto& later = states_[leaf].later;
  for (;;) {
    auto const unused = nodes_.peek_best(leaf, load_);
    if (unused && (later.empty() || unused < later.front())) {
      nodes_.take_best(leaf, load_);
      taken_.push_back(unused.node);
      if (rated(unused.node) == unused) {
        return unused;
      }
      push_later(unused.node);  // It has tasks of the service already, or failures.
    } else if (!later.empty()) {
      auto const best = later.front();
      std::pop_heap(later.begin(), later.end(), std::greater<>());
      later.pop_back();
      return best;
    } else {
      return {};
    }
  }
}

Candidate GroupPlacement::find_in_leaf(std::size_t leaf) {
  for (auto best = take_from_leaf(leaf); best; best = take_from_leaf(leaf)) {
    if (!fits(best.node)) {
      continue;  // Nor will it later: nodes only fill up while the group is placed.
    }
    if (std::ranges::find(avoid_, best.node) == avoid_.end()) {
      return best;
    }
    passed_over_.push_back(best.node);
  }
  return {};
}

bool GroupPlacement::fits(Index node) const {
  return !first_failing_filter(
      demand_, load_.nodes()[node], nodes_.needs_of(node), replicas_.of(node));
}

Candidate GroupPlacement::rated(Index node) const {
  auto candidate = nodes_.candidate(node, load_);
  candidate.level = demand_.binpack ? 0 : replicas_.of(node);
  auto const failed = std::ranges::find(failures_, node, &std::pair<Index, unsigned>::first);
  if (failed != failures_.end()) {
    candidate.level |= std::uint64_t{failed->second} << 32U;
  }
  return candidate;
}

void GroupPlacement::push_later(Index node) {
  auto& later = states_[nodes_.branch_of(node)].later;
  later.push_back(rated(node));
  std::push_heap(later.begin(), later.end(), std::greater<>());
}

}  // namespace swarmward::scheduler
