#pragma once

#include <set>

#include "scheduler/allocator/address_pool.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// What a network gets beyond its spec.
struct NetworkAllocation {
  std::uint32_t vni = 0;
  std::vector<model::IpamConfig> ipam;
  std::string err;  ///< Why it cannot be done; the rest then means nothing.
};

/// Pure but for the pool's cursor. `taken` are the subnets of the other networks. VXLAN ids are
/// given in turn from the one after `last`: hosts take a moment to give one up.
[[nodiscard]] NetworkAllocation allocate_network(state::Snapshot const& snapshot,
                                                 model::Network const& network,
                                                 std::set<Subnet> const& taken,
                                                 SubnetPool& pool,
                                                 std::uint32_t last);

/// From which the swarm's networks are cut. Pools that are not IPv4 are passed over.
[[nodiscard]] PoolConfig pool_of(model::Cluster const& cluster);

}  // namespace swarmward::scheduler
