#pragma once

#include "base/result.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

class NetNamespace;

/// Something that each overlay on this host has beside its wires: tables of virtual addresses, a
/// server of names, the ingress. The agent calls all of this with its mutex held, one call at a
/// time, on any of its threads, each in the host's own namespace: a part must neither call the
/// agent nor wait long.
class NetworkParts {
 public:
  virtual ~NetworkParts() = default;

  /// The network will be there at once, if it is not yet. An error keeps it from being made. `plan`
  /// may not name it (yet).
  [[nodiscard]] virtual Result<void> prepare(model::PlannedNetwork const& /*network*/,
                                             model::NetworkPlan const& /*plan*/) {
    return {};
  }

  /// The network is there, with its bridge, addresses and peers, and looks as planned. Called again
  /// whenever that may have changed, also with equal values: then nothing must change, and what was
  /// lost is made anew. A network that no plan has named yet comes without members and names.
  [[nodiscard]] virtual Result<void> put(NetNamespace const& home,
                                         model::SharedNetwork const& network) = 0;

  /// The network goes; its namespace is there for a moment longer. Descriptors into it are to be
  /// closed, else it lives on. Not called when the agent stops: what is in the kernel then stays.
  virtual void take(NetNamespace const& home, model::PlannedNetwork const& network) = 0;

  /// All networks of the plan were put. `ingress` is the namespace of the plan's ingress network,
  /// or null where there is none. Called after each pass, also at start.
  [[nodiscard]] virtual Result<void> finish(NetNamespace const* ingress,
                                            model::NetworkPlan const& plan) = 0;
};

}  // namespace swarmward::mesh
