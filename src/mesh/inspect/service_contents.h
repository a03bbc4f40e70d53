#pragma once

#include <map>
#include <string>
#include <vector>

#include "mesh/inspect/table_contents.h"
#include "mesh/render/virtual_services.h"

namespace swarmward::mesh {

/// Pure. The key by which services of IPVS are known here: "tcp . 8080" of published ports, asked
/// for at `asked`, and "10.0.1.5" or "10.0.1.5 udp" of a network's virtual addresses.
using ServiceKeys = std::map<VirtualService, std::string>;
[[nodiscard]] ServiceKeys port_keys(std::vector<model::PlannedPort> const& ports, Address asked);
[[nodiscard]] ServiceKeys vip_keys(model::PlannedNetwork const& network);

/// Pure. What lists of IPVS come to. Services without a key are named by what they are.
[[nodiscard]] TableContents service_contents(
    std::map<VirtualService, ServersInTurn> const& services, ServiceKeys const& keys);

/// The same of what is wanted, where only the servers and their weights count.
[[nodiscard]] TableContents service_contents(VirtualServices const& services,
                                             ServiceKeys const& keys);

}  // namespace swarmward::mesh
