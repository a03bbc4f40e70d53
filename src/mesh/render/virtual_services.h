#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "mesh/address.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// What a service is for: VIPs are known by marks, published ports by address and port.
enum class ServiceKind { Vips, Ports };

/// What IPVS is asked for: packets with a mark, or an address and port.
struct VirtualService {
  std::uint32_t mark = 0;  ///< 0: the next three count.
  model::Protocol protocol = model::Protocol::Tcp;
  Address address;
  std::uint16_t port = 0;
  auto operator<=>(VirtualService const&) const = default;
};

/// Where it sends connections; port 0 keeps the client's.
struct RealServer {
  Address address;
  std::uint16_t port = 0;
  auto operator<=>(RealServer const&) const = default;
};

/// Servers with their weights: 1, or 0 for one that keeps its connections and gets no new ones.
using VirtualServices = std::map<VirtualService, std::map<RealServer, std::uint32_t>>;

/// The servers of one service in the order of their turns, with their weights.
using ServersInTurn = std::vector<std::pair<RealServer, std::uint32_t>>;

/// Pure. Two services for each VIP that has backends, by the marks of plan_vip_marks().
[[nodiscard]] VirtualServices plan_vip_services(model::PlannedNetwork const& network);

/// Pure. One for each published port that has backends. `asked` is the ingress namespace's address
/// on the side of the host.
[[nodiscard]] VirtualServices plan_port_services(std::vector<model::PlannedPort> const& ports,
                                                 Address asked);

/// Pure. The same, with servers that were taken from it: as long as they are members of the network
/// they keep their connections, but for UDP, whose flows would never end.
[[nodiscard]] VirtualServices with_draining(VirtualServices wanted,
                                            VirtualServices const& present,
                                            model::PlannedNetwork const& network);

/// One step from what IPVS has to what it shall have.
struct ServiceStep {
  enum class Kind { AddService, AddServer, SetServer, RemoveServer, RemoveService };
  Kind kind = Kind::AddService;
  VirtualService service;
  RealServer server;         ///< Of steps about servers.
  std::uint32_t weight = 0;  ///< Of those that add or set one.
  bool operator==(ServiceStep const&) const = default;
};

/// Pure. In the order in which they are to be done: new servers come before old ones go. Empty if
/// nothing differs.
[[nodiscard]] std::vector<ServiceStep> plan_service_steps(VirtualServices const& present,
                                                          VirtualServices const& wanted);

}  // namespace swarmward::mesh
