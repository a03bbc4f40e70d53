#pragma once

#include <array>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/service.h"

namespace swarmward::scheduler {

/// Ports that are chosen for services that ask for any. Source: swarm mode.
inline constexpr std::uint32_t kFirstDynamicPort = 30000;
inline constexpr std::uint32_t kLastDynamicPort = 32767;

/// A published port of the whole cluster: every protocol has ports of its own.
using PortNumber = std::pair<model::Protocol, std::uint32_t>;

/// Where the search for a free port goes on, by protocol: a port that was given back is not handed
/// out again at once. Not kept over restarts, for what is taken is known from the services.
struct PortCursor {
  std::array<std::uint32_t, 3> next{kFirstDynamicPort, kFirstDynamicPort, kFirstDynamicPort};
};

struct PortPlan {
  /// As wanted, with every ingress port published; if some were held, those of open wishes last.
  std::vector<model::PortConfig> ports;
  std::string err;  ///< Why it cannot be done; empty if it can.
};

/// Pure but for the cursor, which moves on with every port chosen. `held` are the service's ports
/// until now: one of the same name, protocol and target is kept where the wish leaves the published
/// port open. `taken` are the ports of all other services. Ports in host mode are passed on as they
/// are: the node's engine publishes them.
[[nodiscard]] PortPlan plan_ports(std::span<model::PortConfig const> wanted,
                                  std::span<model::PortConfig const> held,
                                  std::set<PortNumber> taken,
                                  PortCursor& cursor);

/// Whether `ports` is a plan for `wanted`, the published ports that were chosen apart.
[[nodiscard]] bool satisfies_wish(std::span<model::PortConfig const> ports,
                                  std::span<model::PortConfig const> wanted);

}  // namespace swarmward::scheduler
