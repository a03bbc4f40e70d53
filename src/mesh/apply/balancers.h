#pragma once

#include <vector>

#include "base/result.h"
#include "mesh/render/published_rules.h"
#include "model/network_plan.h"

// What each backend must be able to do. All of it blocks, and has one caller at a time; what is in
// the kernel stays when the values go.

namespace swarmward::mesh {

/// Shares connections to the VIPs of one overlay network between its tasks, in its namespace, on
/// this node. That the VIPs are addresses of the bridge is left to the overlay.
class VipBalancer {
 public:
  virtual ~VipBalancer() = default;

  /// Makes it so that the network's VIPs, and no others, work. The first call replaces whatever is
  /// there. Then forgets the flows that the change made stale. After an error the next call starts
  /// anew.
  [[nodiscard]] virtual Result<void> apply(model::PlannedNetwork const& network) = 0;

  /// Restores what others removed since; nothing before the first apply(). Cheap if all is there.
  [[nodiscard]] virtual Result<void> reassert() = 0;

  /// Takes all of it out of the namespace. No error where nothing is.
  [[nodiscard]] virtual Result<void> remove() = 0;
};

/// Shares published ports in the namespace of the ingress network, and keeps its members from each
/// other. Routes are left to the caller.
class PortBalancer {
 public:
  virtual ~PortBalancer() = default;

  /// As above. `network` is the ingress network.
  [[nodiscard]] virtual Result<void> apply(model::PlannedNetwork const& network,
                                           std::vector<model::PlannedPort> const& ports) = 0;
  [[nodiscard]] virtual Result<void> reassert() = 0;
  [[nodiscard]] virtual Result<void> remove() = 0;
};

/// Hands published ports of the host's addresses over to the ingress namespace.
class PortPublisher {
 public:
  virtual ~PortPublisher() = default;

  [[nodiscard]] virtual Result<void> apply(PublishedRules const& rules) = 0;
  [[nodiscard]] virtual Result<void> reassert() = 0;
  /// Also what an earlier process left.
  [[nodiscard]] virtual Result<void> remove() = 0;
};

}  // namespace swarmward::mesh
