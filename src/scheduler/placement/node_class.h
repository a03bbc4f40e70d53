#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scheduler/placement/cluster_load.h"
#include "scheduler/placement/filters.h"

namespace swarmward::scheduler {

/// The order in which nodes are taken; the least is best. Ids count by their first eight
/// characters, which tell even ten thousand random ones apart.
struct Candidate {
  std::uint64_t level = 0;     ///< Of the service there: many failures, then tasks.
  std::uint64_t fullness = 0;  ///< Of the node: tasks, then reserved share.
  std::uint64_t id_prefix = 0;
  ClusterLoad::Index node = ClusterLoad::kNoNode;
  auto operator<=>(Candidate const&) const = default;
  explicit operator bool() const { return node != ClusterLoad::kNoNode; }
};

/// The cluster's nodes as services with the same needs, preferences and strategy see them: which of
/// them fit, on which branch of the preference tree each hangs, and per branch the nodes by
/// fullness. Kept between placements and brought up to date from the load's log, so that using it
/// does not cost anything per node.
class NodeClass {
 public:
  using Index = ClusterLoad::Index;

  explicit NodeClass(Demand const& demand)
      : needs_(demand.needs), preferences_(demand.preferences), binpack_(demand.binpack) {}

  void catch_up(ClusterLoad const& load);

  /// One branch of the tree; branch 0 is the root. Nodes are on those without children.
  struct Branch {
    std::size_t parent = 0;
    std::vector<std::size_t> children;
    std::map<std::string, std::size_t> by_value;
    std::vector<Candidate> heap;  ///< Nodes by fullness, level 0, best first. May hold old entries.
  };
  [[nodiscard]] std::vector<Branch> const& branches() const { return branches_; }
  [[nodiscard]] std::size_t branch_of(Index node) const { return branch_of_[node]; }
  /// What check_needs() says of the node.
  [[nodiscard]] std::optional<Filter> needs_of(Index node) const { return failing_[node]; }

  /// The best node of a branch, which is taken out until it is put back.
  Candidate take_best(std::size_t branch, ClusterLoad const& load);
  /// Null candidate if there is none; the node stays.
  Candidate peek_best(std::size_t branch, ClusterLoad const& load);
  void put_back(Index node, ClusterLoad const& load);
  [[nodiscard]] Candidate candidate(Index node, ClusterLoad const& load) const;

 private:
  static constexpr std::uint64_t kAbsent = ~std::uint64_t{0};

  void start_anew(ClusterLoad const& load);
  void look_at(Index node, ClusterLoad const& load);
  std::size_t find_branch(model::Node const& node);
  void push(Index node, ClusterLoad const& load);

  NodeNeeds needs_;
  std::vector<std::string> preferences_;
  bool binpack_;
  std::vector<Branch> branches_;
  std::vector<std::optional<Filter>> failing_;  ///< By node, as the next two.
  std::vector<std::uint32_t> branch_of_;
  std::vector<std::uint64_t> listed_;  ///< The fullness under which a node's valid entry stands.
  std::optional<std::uint64_t> seen_;  ///< Position in the load's log.
};

/// The classes in use. Only so many are kept: each costs some tens of bytes a node.
class NodeClasses {
 public:
  /// Up to date; valid until the next call.
  NodeClass& get(Demand const& demand, ClusterLoad const& load);
  void clear() { classes_.clear(); }

 private:
  static constexpr std::size_t kMost = 32;
  struct Kept {
    NodeClass nodes;
    std::uint64_t used = 0;
  };
  std::unordered_map<std::string, Kept> classes_;
  std::uint64_t uses_ = 0;
};

}  // namespace swarmward::scheduler
