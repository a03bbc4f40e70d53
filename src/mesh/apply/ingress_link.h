#pragma once

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// The pair of devices between the host's namespace and the ingress network's: a /30.
struct IngressLink {
  Address host_side;
  Address ingress_side;
};

/// The ends of a subnet of four addresses. Errors: InvalidArgument for one of another size.
[[nodiscard]] Result<IngressLink> plan_ingress_link(Subnet const& subnet);

/// Makes the pair, its addresses, routes and settings, or what of it is missing; a pair that leads
/// elsewhere, as after the ingress network came anew, is replaced. `mtu` as of the tasks'
/// interfaces, so that the host itself tells clients of packets that are too large.
[[nodiscard]] Result<void> ensure_ingress_link(NetNamespace const& host,
                                               NetNamespace const& ingress,
                                               IngressLink const& link,
                                               unsigned mtu);

/// Takes the pair away, both ends with all their routes, and what stands for it in the ingress
/// network's namespace, if that is still there. No error where there is none.
[[nodiscard]] Result<void> remove_ingress_link(NetNamespace const& host,
                                               NetNamespace const* ingress);

}  // namespace swarmward::mesh
