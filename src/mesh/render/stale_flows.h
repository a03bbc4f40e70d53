#pragma once

#include <optional>
#include <set>
#include <vector>

#include "mesh/address.h"
#include "mesh/render/published_rules.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Which connections the kernel shall forget.
struct FlowFilter {
  std::optional<Address> answered_by;       ///< A task; or who was asked, where nobody took over.
  std::optional<Address> asked_for;         ///< The address that the client asked.
  std::optional<std::uint16_t> asked_port;  ///< The port that the client asked.
  std::optional<model::Protocol> protocol;  ///< All of them without it.
  auto operator<=>(FlowFilter const&) const = default;
};

/// Pure: what a change of the VIPs makes stale. A flow of UDP is bound to its task for as long as
/// datagrams come, so it is forgotten as soon as the task is no backend any more; and one that came
/// while there was no backend, as soon as there is. Connections of TCP and SCTP live on while their
/// task ends in peace, and are forgotten once its address is gone from the network. Sorted, no two
/// equal.
[[nodiscard]] std::vector<FlowFilter> plan_stale_flows(model::PlannedNetwork const& previous,
                                                       model::PlannedNetwork const& wanted);

/// What published ports depend on: the ingress network and who serves them.
struct IngressState {
  model::SharedNetwork network;
  std::vector<model::PlannedPort> ports;
};

/// The same for published ports, in the ingress network's namespace; `asked` is its address on the
/// side of the host.
[[nodiscard]] std::vector<FlowFilter> plan_stale_ingress_flows(IngressState const& previous,
                                                               IngressState const& wanted,
                                                               Address asked);

/// The same in the host's namespace: flows of UDP to ports that are published from now on or no
/// longer.
[[nodiscard]] std::vector<FlowFilter> plan_stale_host_flows(std::set<Published> const& previous,
                                                            std::set<Published> const& wanted);

}  // namespace swarmward::mesh
