#include "scheduler/placement/placement_plan.h"

#include <algorithm>
#include <tuple>

#include "state/snapshot.h"

namespace swarmward::scheduler {

namespace {

/// The value of "node.labels.zone" or "engine.labels.x" on a node; nothing for other descriptors.
std::optional<std::string> spread_value(std::string const& descriptor, model::Node const& node) {
  auto const lower = state::lower_case(descriptor);
  auto const value = [&](std::string_view prefix,
                         model::StringMap const& labels) -> std::optional<std::string> {
    if (!lower.starts_with(prefix)) {
      return std::nullopt;
    }
    auto const found = labels.find(descriptor.substr(prefix.size()));
    return found == labels.end() ? std::string{} : found->second;
  };
  if (auto of_node = value("node.labels.", node.spec.annotations.labels)) {
    return of_node;
  }
  return value("engine.labels.", node.description.engine_labels);
}

/// The branch of the preference tree that a node hangs on, from the root down.
std::vector<std::string> branch_of(model::Task const& task, model::Node const& node) {
  std::vector<std::string> branch;
  if (task.spec->placement) {
    for (auto const& descriptor : task.spec->placement->spread_preferences) {
      if (auto value = spread_value(descriptor, node)) {
        branch.push_back(std::move(*value));
      }
    }
  }
  return branch;
}

std::uint64_t service_tasks(NodeLoad const& load, model::ServiceId const& service) {
  auto const found = load.active_of_service.find(service);
  return found == load.active_of_service.end() ? 0 : found->second;
}

/// Smaller is better, compared field by field.
struct Score {
  unsigned failures = 0;  ///< Below the threshold all nodes are alike.
  std::vector<std::uint64_t> tasks_in_branch;
  std::uint64_t tasks_of_service = 0;
  std::uint64_t tasks = 0;
  double reserved_share = 0;
  model::NodeId id;
  auto operator<=>(Score const&) const = default;
};

class Placer {
 public:
  explicit Placer(std::vector<NodeLoad> loads) : loads_(std::move(loads)) {}

  Assignment place(model::Task const& task) {
    Assignment assignment{&task, {}, {}, {}};
    Rejections rejections{};
    std::vector<NodeLoad*> fit;
    bool const preassigned = !task.node_id.empty();
    for (auto& load : loads_) {
      if (preassigned && load.node->id != task.node_id) {
        continue;
      }
      if (auto const filter = first_failing_filter(task, load)) {
        ++rejections[static_cast<std::size_t>(*filter)];
      } else {
        fit.push_back(&load);
      }
    }
    if (fit.empty()) {
      assignment.err = reason(preassigned, rejections);
      return assignment;
    }
    auto* best = choose(task, fit);
    best->add(task);
    assignment.node = best->node->id;
    assignment.message = preassigned ? "scheduler confirmed task can run on preassigned node"
                                     : "scheduler assigned task to node";
    return assignment;
  }

 private:
  static std::string reason(bool preassigned, Rejections const& rejections) {
    auto const text = explain(rejections);
    if (preassigned) {
      return text;
    }
    return text.empty() ? "no suitable node" : "no suitable node (" + text + ")";
  }

  NodeLoad* choose(model::Task const& task, std::vector<NodeLoad*> const& fit) {
    std::map<std::vector<std::string>, std::uint64_t> in_branch;
    for (auto const& load : loads_) {
      auto prefix = branch_of(task, *load.node);
      for (; !prefix.empty(); prefix.pop_back()) {
        in_branch[prefix] += service_tasks(load, task.service_id);
      }
    }
    return *std::ranges::min_element(
        fit, {}, [&](NodeLoad const* load) { return score(task, *load, in_branch); });
  }

  static Score score(model::Task const& task,
                     NodeLoad const& load,
                     std::map<std::vector<std::string>, std::uint64_t> const& in_branch) {
    Score score;
    auto const failed = load.recent_failures.find({task.service_id, task.spec_version});
    if (failed != load.recent_failures.end() && failed->second >= kFailuresToAvoid) {
      score.failures = failed->second;
    }
    auto prefix = branch_of(task, *load.node);
    for (; !prefix.empty(); prefix.pop_back()) {
      score.tasks_in_branch.insert(score.tasks_in_branch.begin(), in_branch.at(prefix));
    }
    score.tasks_of_service = service_tasks(load, task.service_id);
    score.tasks = load.active_tasks;
    auto const& total = load.node->description.resources;
    if (total.nano_cpus > 0 && total.memory_bytes > 0) {
      score.reserved_share =
          static_cast<double>(load.reserved_cpus) / static_cast<double>(total.nano_cpus) +
          static_cast<double>(load.reserved_memory_bytes) / static_cast<double>(total.memory_bytes);
    }
    score.id = load.node->id;
    return score;
  }

  std::vector<NodeLoad> loads_;
};

}  // namespace

std::vector<Assignment> plan_placement(std::vector<model::Task const*> const& waiting,
                                       std::vector<NodeLoad> loads) {
  Placer placer(std::move(loads));
  std::vector<Assignment> assignments;
  assignments.reserve(waiting.size());
  for (auto const* task : waiting) {
    assignments.push_back(placer.place(*task));
  }
  return assignments;
}

}  // namespace swarmward::scheduler
