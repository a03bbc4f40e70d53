#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/placement/filters.h"
#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// What placement must do, said in the plainest way: every rule is worked out from all tasks for
/// every node and every decision. Failures are left out.
class NaivePlacement {
 public:
  explicit NaivePlacement(state::Snapshot const& head) {
    for (auto const [id, node] : head.nodes) {
      nodes_.push_back(node);
    }
    for (auto const [id, task] : head.tasks) {
      if (!task->node_id.empty() && task->status.state >= model::TaskState::Assigned &&
          !model::is_terminal(task->status.state)) {
        placed_.push_back(*task);
      }
    }
  }

  struct Decision {
    model::NodeId node;  ///< Empty: none fits.
    std::string err;
  };

  [[nodiscard]] Decision decide(model::Task const& task) const {
    std::vector<model::Node const*> fit;
    Rejections rejections{};
    for (auto const& node : nodes_) {
      if (auto const filter = failing(task, *node)) {
        ++rejections[static_cast<std::size_t>(*filter)];
      } else {
        fit.push_back(node.get());
      }
    }
    if (fit.empty()) {
      auto const text = explain(rejections);
      return {{}, text.empty() ? "no suitable node" : "no suitable node (" + text + ")"};
    }
    return {best(task, fit, 0)->id, {}};
  }

  void put(model::Task const& task, model::NodeId const& node) {
    placed_.push_back(task);
    placed_.back().node_id = node;
  }

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, double, std::string>;

  [[nodiscard]] std::optional<Filter> failing(model::Task const& task,
                                              model::Node const& node) const {
    auto const demand = demand_of(task);
    if (node.status.state != model::NodeState::Ready ||
        node.spec.availability != model::Availability::Active) {
      return Filter::Ready;
    }
    auto const& offered = node.description.resources;
    auto cpus = offered.nano_cpus - demand.share.nano_cpus;
    auto memory = offered.memory_bytes - demand.share.memory_bytes;
    std::uint64_t replicas = 0;
    bool port_taken = false;
    for (auto const& other : placed_) {
      if (other.node_id != node.id) {
        continue;
      }
      auto const share = share_of(other);
      cpus -= share.nano_cpus;
      memory -= share.memory_bytes;
      replicas += counts(other, task) ? 1U : 0U;
      for (auto const& port : share.host_ports) {
        port_taken |=
            std::ranges::find(demand.share.host_ports, port) != demand.share.host_ports.end();
      }
    }
    if ((demand.share.nano_cpus != 0 && cpus < 0) ||
        (demand.share.memory_bytes != 0 && memory < 0)) {
      return Filter::Resource;
    }
    if (task.spec->placement && !satisfies(task.spec->placement->constraints, node)) {
      return Filter::Constraint;
    }
    if (port_taken) {
      return Filter::HostPort;
    }
    bool const full = demand.max_replicas != 0 && replicas >= demand.max_replicas;
    return full ? std::optional(Filter::MaxReplicas) : std::nullopt;
  }

  static bool counts(model::Task const& other, model::Task const& task) {
    return other.service_id == task.service_id && other.desired_state <= model::TaskState::Complete;
  }

  [[nodiscard]] Key key(model::Task const& task, model::Node const& node) const {
    std::uint64_t of_service = 0;
    std::uint64_t all = 0;
    double share = 0;
    for (auto const& other : placed_) {
      if (other.node_id == node.id) {
        of_service += counts(other, task) ? 1U : 0U;
        all += other.desired_state <= model::TaskState::Complete ? 1U : 0U;
        auto const held = share_of(other);
        share += static_cast<double>(held.nano_cpus) /
                     static_cast<double>(node.description.resources.nano_cpus) +
                 static_cast<double>(held.memory_bytes) /
                     static_cast<double>(node.description.resources.memory_bytes);
      }
    }
    return {of_service, all, share, node.id.str()};
  }

  [[nodiscard]] std::uint64_t in_branch(model::Task const& task,
                                        std::vector<std::string> const& branch) const {
    auto const demand = demand_of(task);
    std::uint64_t count = 0;
    for (auto const& other : placed_) {
      auto const node =
          std::ranges::find(nodes_, other.node_id, [](auto const& n) { return n->id; });
      bool same = node != nodes_.end() && counts(other, task);
      for (std::size_t level = 0; same && level < branch.size(); ++level) {
        same = spread_value(demand.preferences[level], **node) == branch[level];
      }
      count += same ? 1U : 0U;
    }
    return count;
  }

  [[nodiscard]] model::Node const* best(model::Task const& task,
                                        std::vector<model::Node const*> const& fit,
                                        std::size_t level,
                                        std::vector<std::string> const& branch = {}) const {
    auto const demand = demand_of(task);
    if (level == demand.preferences.size()) {
      return *std::ranges::min_element(fit, {}, [&](auto const* node) { return key(task, *node); });
    }
    std::map<std::string, std::vector<model::Node const*>> children;
    for (auto const* node : fit) {
      children[spread_value(demand.preferences[level], *node)].push_back(node);
    }
    std::optional<std::pair<std::uint64_t, Key>> least;
    model::Node const* chosen = nullptr;
    for (auto const& [value, nodes] : children) {
      auto below = branch;
      below.push_back(value);
      auto const* node = best(task, nodes, level + 1, below);
      std::pair const rank(in_branch(task, below), key(task, *node));
      if (!least || rank < *least) {
        least = rank;
        chosen = node;
      }
    }
    return chosen;
  }

  std::vector<state::NodePtr> nodes_;
  std::vector<model::Task> placed_;
};

}  // namespace swarmward::scheduler
