#pragma once

#include <filesystem>
#include <optional>

#include "mesh/apply/balancers.h"
#include "mesh/apply/bridged_frames.h"
#include "mesh/apply/owned_tables.h"
#include "mesh/render/vip_rules.h"

namespace swarmward::mesh {

/// By nftables: later calls of apply() change the difference only. The namespace must outlive the
/// value.
class VipTable final : public VipBalancer {
 public:
  explicit VipTable(NetNamespace const& net, std::filesystem::path bridge_filter = kBridgeFilter);

  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network) override;
  [[nodiscard]] Result<void> reassert() override;
  [[nodiscard]] Result<void> remove() override;

 private:
  [[nodiscard]] Result<VipSource> prepare(model::PlannedNetwork const& network) const;
  [[nodiscard]] Result<void> write_rules(VipRules const& wanted);

  NetNamespace const& net_;
  std::filesystem::path bridge_filter_;
  OwnedTables tables_;
  /// What the kernel has; nothing if that is not known.
  std::optional<VipRules> rules_;
  model::PlannedNetwork network_;  ///< The last one that was applied.
};

}  // namespace swarmward::mesh
