#pragma once

#include <map>
#include <optional>

#include "state/snapshot.h"

namespace swarmward::cluster {

/// A node silent for this long is Down. Source: swarm mode's heartbeat of 5 s, grace factor 3.
/// The node's label `ward.node.grace` sets another time.
inline constexpr std::chrono::seconds kNodeDownAfter{15};

/// What was seen of a node's engine: its description, or that it does not answer.
struct NodeSighting {
  bool reachable = false;
  std::optional<model::NodeDescription> description;
};

/// Turns sightings into node states: Ready at once, Down after a grace. Lives on the store's
/// strand; the caller runs overdue() when next_deadline() has come.
class NodeLiveness {
 public:
  /// Notes a sighting. Returns the node as it must be written, if anything changed.
  std::optional<model::Node> sight(model::Node const& node, NodeSighting const& sighting, Time now);

  /// The nodes whose grace is over and that are not Down yet, as they must be written. Reads the
  /// labels anew: a grace changed meanwhile counts from the same silence.
  [[nodiscard]] std::vector<model::Node> overdue(state::Snapshot const& snapshot, Time now);

  /// When to call overdue(); nothing if no node is silent. By the labels as last seen.
  [[nodiscard]] std::optional<Time> next_deadline() const;

 private:
  struct Silence {
    Time since{};
    Duration grace{};
    [[nodiscard]] Time over() const { return since + grace; }
  };
  std::map<model::NodeId, Silence> silent_;
};

}  // namespace swarmward::cluster
