#pragma once

#include <set>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "mesh/render/balancer.h"
#include "mesh/render/kept_clients.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// The tables `ip ward_ingress` and `bridge ward_ingress` in the namespace of the ingress network,
/// decided: published ports are shared between tasks, which see the entry node's address or, where
/// the service asks for it, the client's.
struct IngressRules {
  Address node_address;
  Subnet subnet;
  /// Addresses of other nodes, from which connections to this node's tasks may come. Nobody else
  /// may open any over this network.
  std::set<Address> balancers;
  Balance balance;
  KeptClients kept;
  bool operator==(IngressRules const&) const = default;
};

inline constexpr char const* kIngressTable = "ip ward_ingress";
inline constexpr char const* kIsolationTable = "bridge ward_ingress";
/// The end of the pair of devices to the host's namespace.
inline constexpr char const* kIngressDevice = "ward1";
/// Packets with these marks leave to the host, even if their address is one of the ingress network:
/// the host's own network may be the same. The second is for connections that keep their client.
inline constexpr std::uint32_t kToHostMark = 1;
inline constexpr std::uint32_t kKeptToHostMark = 2;

/// Pure. Connections to these ports that keep their clients, as far as the network is known.
[[nodiscard]] KeptClients plan_kept(model::PlannedNetwork const& network,
                                    std::vector<model::PlannedPort> const& ports);

/// Pure. `network` is the ingress network.
[[nodiscard]] IngressRules plan_ingress_rules(model::PlannedNetwork const& network,
                                              std::vector<model::PlannedPort> const& ports,
                                              IngressRules const* previous);

/// Replaces both tables, whatever they held.
[[nodiscard]] std::string render_ingress_tables(IngressRules const& rules);

/// The difference only; all of the tables if their rules themselves differ. Empty if equal.
[[nodiscard]] StagedChange render_ingress_change(IngressRules const& previous,
                                                 IngressRules const& wanted);

}  // namespace swarmward::mesh
