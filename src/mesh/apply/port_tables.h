#pragma once

#include <optional>
#include <vector>

#include "mesh/apply/balancers.h"
#include "mesh/apply/owned_tables.h"
#include "mesh/render/ingress_rules.h"

namespace swarmward::mesh {

/// By nftables: later calls of apply() change the difference only, each table in one transaction.
/// Bridged frames are hidden from the rules for packets: a table of the bridge keeps members from
/// each other, and what goes to another node's tasks need not be tracked here a second time. The
/// namespace must outlive the value.
class PortTables final : public PortBalancer {
 public:
  explicit PortTables(NetNamespace const& net);

  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network,
                                   std::vector<model::PlannedPort> const& ports) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  NetNamespace const& net_;
  OwnedTables tables_;
  /// What the kernel has; nothing if that is not known.
  std::optional<IngressRules> rules_;
};

/// The same in the host's namespace.
class PublishedTable final : public PortPublisher {
 public:
  explicit PublishedTable(NetNamespace const& host);

  [[nodiscard]] Result<void> apply(PublishedRules const& rules) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  OwnedTables tables_;
  std::optional<PublishedRules> rules_;
};

}  // namespace swarmward::mesh
