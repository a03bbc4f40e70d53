#pragma once

#include <memory>
#include <vector>

#include "mesh/apply/net_namespace.h"
#include "mesh/backend.h"
#include "mesh/inspect/observed.h"
#include "mesh/render/port_chains.h"
#include "mesh/render/published_rules.h"
#include "mesh/render/vip_rules.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Published ports in the namespace of the ingress network.
struct WantedPorts {
  model::PlannedNetwork const& network;
  std::vector<model::PlannedPort> const& ports;
  Address asked;  ///< The namespace's address on the side of the host.
  BridgedFrames frames = BridgedFrames::Shown;
};

/// Looks at what one backend has, beside what render/ says that it must have. Changes nothing. All
/// of it blocks.
class SharedLook {
 public:
  virtual ~SharedLook() = default;

  /// Virtual addresses, in the namespace of their network.
  [[nodiscard]] virtual std::vector<SharedPart> vips(NetNamespace const& home,
                                                     model::PlannedNetwork const& network,
                                                     VipSource source) const = 0;
  [[nodiscard]] virtual std::vector<SharedPart> ports(NetNamespace const& home,
                                                      WantedPorts const& wanted) const = 0;
  /// What the host hands over.
  [[nodiscard]] virtual std::vector<SharedPart> published(NetNamespace const& host,
                                                          PublishedRules const& rules) const = 0;
};

[[nodiscard]] std::unique_ptr<SharedLook> make_shared_look(ChosenBackend const& chosen);

}  // namespace swarmward::mesh
