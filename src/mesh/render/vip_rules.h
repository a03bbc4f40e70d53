#pragma once

#include <set>
#include <string>

#include "mesh/address.h"
#include "mesh/render/balancer.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// What a task sees as the source of a connection that came by a VIP.
enum class VipSource {
  Client,  ///< The client's own address; needs br_netfilter in the namespace.
  Node,    ///< The address of the client's node in the network, as native has it.
};

/// The table `ip ward_vip` of one overlay's namespace, decided.
struct VipRules {
  Address node_address;
  VipSource source = VipSource::Client;
  std::set<Address> local;  ///< Members on this node; each may meet itself behind a VIP.
  Balance balance;
  bool operator==(VipRules const&) const = default;
};

inline constexpr char const* kVipTable = "ip ward_vip";

/// Pure. Keeps the places that backends have in `previous`, where there is one. What is no address
/// is left out; without an address of the node nobody is balanced.
[[nodiscard]] VipRules plan_vip_rules(model::PlannedNetwork const& network,
                                      VipSource source,
                                      VipRules const* previous);

/// Replaces the table, whatever it held, by one that holds these rules.
[[nodiscard]] std::string render_vip_table(VipRules const& rules);

/// The difference only; all of the table if its rules themselves differ. Empty if equal.
[[nodiscard]] StagedChange render_vip_change(VipRules const& previous, VipRules const& wanted);

}  // namespace swarmward::mesh
