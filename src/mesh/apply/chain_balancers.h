#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mesh/apply/balancers.h"
#include "mesh/apply/owned_chains.h"

namespace swarmward::mesh {

// By rules of iptables alone. `iptables` is the flavour of it. Namespaces must outlive the values.

class VipChains final : public VipBalancer {
 public:
  VipChains(NetNamespace const& net, std::string const& iptables);

  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  [[nodiscard]] Result<void> write(model::PlannedNetwork const& network);

  NetNamespace const& net_;
  OwnedChains chains_;
  std::optional<model::PlannedNetwork> network_;  ///< The last one that was applied.
};

class PortChains final : public PortBalancer {
 public:
  PortChains(NetNamespace const& net, std::string const& iptables);

  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network,
                                   std::vector<model::PlannedPort> const& ports) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  NetNamespace const& net_;
  OwnedChains chains_;
};

/// Also for IPVS, which has no part in the host's namespace.
class PublishedChains final : public PortPublisher {
 public:
  PublishedChains(NetNamespace const& host, std::string const& iptables);

  [[nodiscard]] Result<void> apply(PublishedRules const& rules) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  OwnedChains chains_;
};

/// Rules of iptables keep tasks from each other only where they see bridged frames: tells the log
/// where this kernel cannot show them, with the cure.
void warn_if_not_isolated();

}  // namespace swarmward::mesh
