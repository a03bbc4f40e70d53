#pragma once

#include <vector>

#include "scheduler/placement/demand.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// What a node carries, as far as placement looks at it.
struct NodeLoad {
  state::NodePtr node;  ///< Null: the place in the list is free.
  bool open = false;    ///< Ready and active: takes new tasks.
  std::uint32_t active_tasks = 0;
  std::int64_t total_cpus = 0;  ///< Nano CPUs, as the node says. May be less than reserved.
  std::int64_t total_memory_bytes = 0;
  std::int64_t reserved_cpus = 0;
  std::int64_t reserved_memory_bytes = 0;
  /// Counts (no name) and named units handed out. One entry a hand-out.
  std::vector<model::GenericResource> generic;
  std::vector<PublishedPort> host_ports;  ///< One entry a task.
  /// Ports that somebody outside the swarm was found to use.
  std::vector<PublishedPort> foreign_ports;

  /// A new definition of the node; the load stays.
  void define(state::NodePtr definition);

  /// How full the node is, the emptier the smaller: tasks first, then the reserved share.
  [[nodiscard]] std::uint64_t fullness() const { return fullness_; }
  /// The other way round, with the share first: the fuller the smaller.
  [[nodiscard]] std::uint64_t emptiness() const;
  [[nodiscard]] std::uint64_t id_prefix() const { return id_prefix_; }

  void add_share(Share const& share);
  void remove_share(Share const& share);
  void add_active(int by);

 private:
  void rate();

  double per_cpu_ = 0;  ///< What one reserved nano CPU adds to the share.
  double per_byte_ = 0;
  std::uint64_t fullness_ = 0;
  std::uint64_t id_prefix_ = 0;  ///< The id's first characters, ordered as the id.
};

/// Resources that are free there suffice.
[[nodiscard]] bool has_room(NodeLoad const& load, Share const& share);
[[nodiscard]] bool has_free_ports(NodeLoad const& load, Share const& share);

/// Which units a task gets of the kinds it asks for. has_room() must hold.
[[nodiscard]] std::vector<model::GenericResource> hand_out(NodeLoad const& load,
                                                           Share const& share);

}  // namespace swarmward::scheduler
