#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "cluster/address.h"
#include "cluster/root_ca.h"
#include "state/snapshot.h"

namespace swarmward::cluster {

/// Name under which the host's own engine is known.
inline constexpr std::string_view kLocalEngine = "local";

/// An engine that becomes a node of the swarm.
struct EngineEntry {
  std::string name;        ///< kLocalEngine, or the NAME of `--engine NAME=URL`.
  std::string address;     ///< IP address shown as the node's, may be empty.
  bool same_host = false;  ///< Its socket is one of this host.
};

/// All that a new swarm is made from.
struct Founding {
  model::ClusterSpec spec;
  ChosenAddresses addresses;
  RootCa ca;
  model::Availability availability = model::Availability::Active;  ///< Of the local node.
  std::optional<std::vector<std::string>> default_addr_pool;
  std::uint32_t subnet_size = 24;
  std::uint32_t data_path_port = 4789;
  model::NodeDescription local_description;
};

/// Writes the cluster object and the local manager node. Returns the node's id. Errors: Unavailable
/// with native's text if there is a swarm already.
[[nodiscard]] Result<model::NodeId> found_swarm(state::Draft& draft,
                                                Founding const& founding,
                                                RandomBytes const& random);

/// Adds a worker node for each listed engine that has none, and says of all where they are.
void add_listed_engines(state::Draft& draft,
                        std::vector<EngineEntry> const& engines,
                        RandomBytes const& random);

/// Erases the cluster and everything in it.
void dissolve_swarm(state::Draft& draft);

/// Ranges of native, with its texts. Errors: Internal.
[[nodiscard]] Result<void> check_data_path(std::uint32_t port, std::uint32_t subnet_size);
/// Each pool must be a CIDR with room for subnets of that size. Errors: Internal.
[[nodiscard]] Result<void> check_address_pools(std::vector<std::string> const& pools,
                                               std::uint32_t subnet_size);

}  // namespace swarmward::cluster
