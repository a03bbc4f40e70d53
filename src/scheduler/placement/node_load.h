#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "model/node.h"
#include "model/task.h"

namespace swarmward::scheduler {

/// Failures older than this do not count against a node. Source: swarm mode.
inline constexpr Duration kFailureWindow = std::chrono::minutes(5);

using PublishedPort = std::pair<model::Protocol, std::uint32_t>;
using ServiceVersion = std::pair<model::ServiceId, std::uint64_t>;

/// What a node carries, as far as placement looks at it.
struct NodeLoad {
  model::Node const* node = nullptr;
  std::int64_t reserved_cpus = 0;  ///< Nano CPUs.
  std::int64_t reserved_memory_bytes = 0;
  std::map<std::string, std::int64_t> reserved_generic;
  std::set<PublishedPort> host_ports;
  std::uint64_t active_tasks = 0;
  std::map<model::ServiceId, std::uint64_t> active_of_service;
  std::map<ServiceVersion, unsigned> recent_failures;

  /// Counts a task that is, or is about to be, assigned here.
  void add(model::Task const& task);
};

/// Reads a node's load off the tasks assigned to it. A stopping task holds its resources and ports
/// until it has stopped.
[[nodiscard]] NodeLoad load_of(model::Node const& node,
                               std::vector<model::Task const*> const& assigned,
                               Time now);

}  // namespace swarmward::scheduler
