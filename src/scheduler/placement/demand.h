#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/constraint.h"
#include "model/task.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

using PublishedPort = std::pair<model::Protocol, std::uint32_t>;

/// What a task asks of a node's description and labels, which change rarely.
struct NodeNeeds {
  std::vector<model::Constraint> constraints;
  bool impossible = false;  ///< A constraint cannot be parsed: it matches nothing.
  std::vector<model::Platform> platforms;
  std::string log_driver;  ///< Empty: any node will do.
  std::vector<std::string> volume_drivers;
  std::vector<std::string> network_drivers;  ///< Of node-local networks.
  bool overlay = false;    ///< A network that only nodes with an agent of ours have.
  bool files = false;      ///< Secrets or configs, which somebody of ours lays down on the host.
  bool encrypted = false;  ///< One of them is encrypted, which not every kernel can do.
};

/// What a task asks of a node's load.
struct Share {
  std::int64_t nano_cpus = 0;
  std::int64_t memory_bytes = 0;
  std::vector<model::GenericResource> generic;  ///< Counts of kinds.
  std::vector<PublishedPort> host_ports;
};

/// All that placement reads off a task. Tasks of one service and spec version ask for the same.
struct Demand {
  NodeNeeds needs;
  Share share;
  std::uint64_t max_replicas = 0;        ///< Per node; 0 is unlimited.
  std::vector<std::string> preferences;  ///< Spread descriptors that are understood.
  bool binpack = false;                  ///< The fullest node instead of the emptiest.
  /// Two demands with the same text have the same needs, preferences and strategy.
  std::string class_key;
};

/// With what the task's networks ask for.
[[nodiscard]] Demand demand_of(model::Task const& task, state::Snapshot const& snapshot);
/// All else.
[[nodiscard]] Demand demand_of(model::Task const& task);
[[nodiscard]] Share share_of(model::Task const& task);

/// The value of "node.labels.zone" or "engine.labels.x" on a node, empty if it has none. The
/// descriptor must be one that demand_of() let through.
[[nodiscard]] std::string spread_value(std::string const& descriptor, model::Node const& node);

}  // namespace swarmward::scheduler
