#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "mesh/apply/balancers.h"
#include "mesh/apply/owned_chains.h"
#include "mesh/render/virtual_services.h"

namespace swarmward::mesh {

// By IPVS, with iptables for what is around it. Namespaces must outlive the values. A server that
// is taken out keeps its connections of TCP and SCTP for as long as it is a member of the network.

/// Tasks behind VIPs see the node of the client, as natively.
class VipServices final : public VipBalancer {
 public:
  VipServices(NetNamespace const& net, std::string const& iptables);

  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  [[nodiscard]] Result<void> write(model::PlannedNetwork const& network);
  [[nodiscard]] Result<void> clear();

  NetNamespace const& net_;
  OwnedChains chains_;
  std::optional<model::PlannedNetwork> network_;  ///< The last one that was applied.
};

class PortServices final : public PortBalancer {
 public:
  /// `asked` is the namespace's address on the side of the host.
  PortServices(NetNamespace const& net, std::string const& iptables, Address asked);

  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network,
                                   std::vector<model::PlannedPort> const& ports) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  struct Wanted {
    model::PlannedNetwork network;
    std::vector<model::PlannedPort> ports;
  };
  [[nodiscard]] Result<void> write(Wanted const& wanted);

  NetNamespace const& net_;
  OwnedChains chains_;
  Address asked_;
  std::optional<Wanted> wanted_;  ///< The last that was applied.
};

/// Nothing of that kind is left in the namespace of an overlay. No error where the kernel has none.
[[nodiscard]] Result<void> clear_services(NetNamespace const& net, ServiceKind kind);

}  // namespace swarmward::mesh
