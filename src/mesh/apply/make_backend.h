#pragma once

#include <memory>

#include "mesh/address.h"
#include "mesh/apply/balancers.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/backend.h"

namespace swarmward::mesh {

// Namespaces must outlive what is made for them.

[[nodiscard]] std::unique_ptr<VipBalancer> make_vip_balancer(ChosenBackend const& chosen,
                                                             NetNamespace const& home);

/// `asked` is the ingress namespace's address on the side of the host.
[[nodiscard]] std::unique_ptr<PortBalancer> make_port_balancer(ChosenBackend const& chosen,
                                                               NetNamespace const& home,
                                                               Address asked);

[[nodiscard]] std::unique_ptr<PortPublisher> make_port_publisher(ChosenBackend const& chosen,
                                                                 NetNamespace const& host);

/// What a backend may have left in a namespace.
enum class Shared {
  Vips,       ///< In an overlay's.
  Ports,      ///< In that of the ingress network.
  Published,  ///< In the host's.
};

/// Takes away what other backends left, as after a start with another one. To be called once the
/// chosen one is in place, so that connections always find one of them. Starts programs only where
/// something is left. What cannot be taken away is logged.
void clear_other_backends(ChosenBackend const& chosen, NetNamespace const& net, Shared what);

}  // namespace swarmward::mesh
