#include "scheduler/placement/node_class.h"

#include <algorithm>
#include <functional>

namespace swarmward::scheduler {

void NodeClass::catch_up(ClusterLoad const& load) {
  // Nodes that fill up are found at the next look at them; binpack wants to see them first.
  auto const changes = seen_ && !binpack_ ? load.changes_since(*seen_) : std::nullopt;
  if (!changes) {
    start_anew(load);
    return;
  }
  for (auto const& change : *changes) {
    if (change.definition || change.node >= listed_.size()) {
      look_at(change.node, load);
    } else if (listed_[change.node] != kAbsent &&
               load.nodes()[change.node].fullness() < listed_[change.node]) {
      push(change.node, load);
    }
  }
  seen_ = load.position();
  std::size_t entries = 0;
  for (auto const& branch : branches_) {
    entries += branch.heap.size();
  }
  if (entries > 2 * load.nodes().size() + 64) {
    start_anew(load);  // Old entries have piled up.
  }
}

void NodeClass::start_anew(ClusterLoad const& load) {
  auto const nodes = load.nodes().size();
  branches_.assign(1, Branch{});
  failing_.assign(nodes, Filter::Ready);
  branch_of_.assign(nodes, 0);
  listed_.assign(nodes, kAbsent);
  for (Index node = 0; node < nodes; ++node) {
    look_at(node, load);
  }
  seen_ = load.position();
}

void NodeClass::look_at(Index node, ClusterLoad const& load) {
  if (node >= listed_.size()) {
    failing_.resize(node + 1, Filter::Ready);
    branch_of_.resize(node + 1, 0);
    listed_.resize(node + 1, kAbsent);
  }
  listed_[node] = kAbsent;
  auto const& definition = load.nodes()[node].node;
  if (!definition) {
    failing_[node] = Filter::Ready;
    return;
  }
  failing_[node] = check_needs(needs_, *definition);
  branch_of_[node] = static_cast<std::uint32_t>(find_branch(*definition));
  if (!failing_[node] && load.nodes()[node].open) {
    push(node, load);
  }
}

std::size_t NodeClass::find_branch(model::Node const& node) {
  std::size_t at = 0;
  for (auto const& descriptor : preferences_) {
    auto const [known, added] =
        branches_[at].by_value.try_emplace(spread_value(descriptor, node), branches_.size());
    auto const child = known->second;
    if (added) {
      branches_[at].children.push_back(child);
      branches_.push_back({at, {}, {}, {}});
    }
    at = child;
  }
  return at;
}

Candidate NodeClass::candidate(Index node, ClusterLoad const& load) const {
  auto const& of = load.nodes()[node];
  return {0, binpack_ ? of.emptiness() : of.fullness(), of.id_prefix(), node};
}

void NodeClass::push(Index node, ClusterLoad const& load) {
  auto const entry = candidate(node, load);
  auto& heap = branches_[branch_of_[node]].heap;
  heap.push_back(entry);
  std::push_heap(heap.begin(), heap.end(), std::greater<>());
  listed_[node] = entry.fullness;
}

Candidate NodeClass::peek_best(std::size_t branch, ClusterLoad const& load) {
  auto& heap = branches_[branch].heap;
  while (!heap.empty()) {
    auto const top = heap.front();
    bool const valid = top.fullness == listed_[top.node] && branch_of_[top.node] == branch;
    auto const now = valid ? candidate(top.node, load) : top;
    if (valid && now == top) {
      return top;
    }
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    heap.pop_back();
    if (valid) {  // It has filled up since.
      push(top.node, load);
    }
  }
  return {};
}

Candidate NodeClass::take_best(std::size_t branch, ClusterLoad const& load) {
  auto const best = peek_best(branch, load);
  if (best) {
    auto& heap = branches_[branch].heap;
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    heap.pop_back();
    listed_[best.node] = kAbsent;
  }
  return best;
}

void NodeClass::put_back(Index node, ClusterLoad const& load) {
  push(node, load);
}

NodeClass& NodeClasses::get(Demand const& demand, ClusterLoad const& load) {
  auto known = classes_.find(demand.class_key);
  if (known == classes_.end()) {
    if (classes_.size() >= kMost) {
      classes_.erase(std::ranges::min_element(
          classes_, {}, [](auto const& entry) { return entry.second.used; }));
    }
    known = classes_.emplace(demand.class_key, Kept{NodeClass(demand), 0}).first;
  }
  known->second.used = ++uses_;
  known->second.nodes.catch_up(load);
  return known->second.nodes;
}

}  // namespace swarmward::scheduler
