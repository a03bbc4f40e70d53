#pragma once

#include <optional>
#include <random>
#include <string>

#include "base/id.h"
#include "state/snapshot.h"

namespace swarmward::bench {

/// The size of a cluster and what its services ask for.
struct Load {
  unsigned nodes = 1000;
  unsigned tasks = 10000;
  unsigned services = 1000;
  bool rules = true;  ///< A constraint, a spread preference and a reservation each.
};

inline constexpr unsigned kZones = 5;
inline constexpr std::int64_t kReservedBytes = 1 << 20;

/// Ids that are cheap to draw and the same in every run.
[[nodiscard]] RandomBytes quick_random();

/// Half of the nodes have an SSD; they lie in five zones.
[[nodiscard]] model::Node make_node(unsigned number, RandomBytes const& random);
[[nodiscard]] model::Service make_service(unsigned number,
                                          Load const& load,
                                          RandomBytes const& random);
[[nodiscard]] unsigned tasks_per_service(Load const& load);

/// Says what is wrong with the placement of all tasks: one that is not placed, or placed against a
/// constraint, tasks of a service that are not spread within one over zones and nodes, or a node
/// that has promised more than it has.
[[nodiscard]] std::optional<std::string> find_fault(state::Snapshot const& head, Load const& load);

}  // namespace swarmward::bench
