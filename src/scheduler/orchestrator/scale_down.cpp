#include "scheduler/orchestrator/scale_down.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "scheduler/orchestrator/spread.h"

namespace swarmward::scheduler {

namespace {

/// In the order in which they go.
enum class Worth { Unplaced, Failing, OnBadNode, Good };
constexpr std::size_t kWorths = 4;

Worth worth_of(ServiceView const& view, LiveSlot const& slot) {
  if (slot.wanted.size() != 1 || slot.wanted.front()->node_id.empty()) {
    return Worth::Unplaced;
  }
  auto const& task = *slot.wanted.front();
  if (task.status.state != model::TaskState::Running) {
    return Worth::Failing;
  }
  auto const* node = node_of(view, task);
  bool const takes_tasks = node != nullptr && node->status.state == model::NodeState::Ready &&
                           node->spec.availability == model::Availability::Active;
  return takes_tasks ? Worth::Good : Worth::OnBadNode;
}

/// From the root of the preferences down to the node.
std::vector<std::string> path_of(ServiceView const& view, model::Task const& task) {
  auto const* node = node_of(view, task);
  auto path = node == nullptr ? std::vector<std::string>{} : spread_path(*view.service, *node);
  path.push_back(task.node_id.str());
  return path;
}

/// Slots by preference branch and node, with their numbers at each level.
class SlotTree {
 public:
  void add(std::vector<std::string> const& path, Worth worth, model::Slot slot) {
    auto* level = this;
    level->enter(worth, slot);
    for (auto const& name : path) {
      level = &level->children_[name];
      level->enter(worth, slot);
    }
  }

  [[nodiscard]] bool has(Worth worth) const { return !candidates_[index(worth)].empty(); }

  /// Takes out the slot of this worth that can best be spared. There must be one.
  model::Slot take(Worth worth) {
    auto& candidates = candidates_[index(worth)];
    auto slot = *candidates.rbegin();
    SlotTree* fullest = nullptr;
    for (auto& [name, child] : children_) {
      if (child.has(worth) && (fullest == nullptr || fullest->rank(worth) < child.rank(worth))) {
        fullest = &child;
      }
    }
    if (fullest != nullptr) {
      slot = fullest->take(worth);
    }
    candidates.erase(slot);
    --count_;
    return slot;
  }

 private:
  static std::size_t index(Worth worth) { return static_cast<std::size_t>(worth); }
  void enter(Worth worth, model::Slot slot) {
    candidates_[index(worth)].insert(slot);
    ++count_;
  }
  /// Of equally full ones, that with the highest slot.
  [[nodiscard]] std::pair<std::size_t, model::Slot> rank(Worth worth) const {
    return {count_, *candidates_[index(worth)].rbegin()};
  }

  std::size_t count_ = 0;
  std::array<std::set<model::Slot>, kWorths> candidates_;
  std::map<std::string, SlotTree> children_;
};

}  // namespace

std::vector<model::Slot> choose_surplus(ServiceView const& view,
                                        std::vector<LiveSlot> const& live,
                                        std::uint64_t keep) {
  SlotTree tree;
  for (auto const& slot : live) {
    auto const worth = worth_of(view, slot);
    // Unplaced ones are on no node, and all alike.
    tree.add(
        worth == Worth::Unplaced ? std::vector<std::string>{} : path_of(view, *slot.wanted.front()),
        worth,
        slot.slot);
  }
  std::vector<model::Slot> surplus;
  auto missing = live.size() > keep ? live.size() - keep : 0;
  for (auto const worth : {Worth::Unplaced, Worth::Failing, Worth::OnBadNode, Worth::Good}) {
    for (; missing > 0 && tree.has(worth); --missing) {
      surplus.push_back(tree.take(worth));
    }
  }
  return surplus;
}

}  // namespace swarmward::scheduler
