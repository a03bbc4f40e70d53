#pragma once

#include <filesystem>
#include <optional>

#include "mesh/apply/owned_tables.h"
#include "mesh/render/vip_rules.h"

namespace swarmward::mesh {

/// The table that shares connections to the VIPs of one overlay network between its tasks, on this
/// node. That the VIPs are addresses of the bridge is left to the overlay. Blocks; one caller at a
/// time. The namespace must outlive the value. The kernel keeps the table when the value goes.
class VipTable {
 public:
  /// What the kernel has below /proc where it can look into bridged frames. Without it tasks see
  /// the client's node instead of the client.
  static constexpr char const* kBridgeFilter = "/proc/sys/net/bridge";

  explicit VipTable(NetNamespace const& net, std::filesystem::path bridge_filter = kBridgeFilter);

  /// Makes it so that the network's VIPs, and no others, work. The first call replaces whatever is
  /// there; later ones change the difference. Then forgets the flows that the change made stale.
  /// After an error the next call starts anew.
  [[nodiscard]] Result<void> apply(model::PlannedNetwork const& network);

  /// Restores what others removed since; nothing before the first apply(). Cheap if all is there.
  [[nodiscard]] Result<void> reassert();

  /// Takes the table out of the namespace. No error where it is missing.
  [[nodiscard]] Result<void> remove();

 private:
  [[nodiscard]] Result<VipSource> prepare() const;
  [[nodiscard]] Result<void> write_rules(VipRules const& wanted);

  NetNamespace const& net_;
  std::filesystem::path bridge_filter_;
  OwnedTables tables_;
  /// What the kernel has; nothing if that is not known.
  std::optional<VipRules> rules_;
  model::PlannedNetwork network_;  ///< The last one that was applied.
};

}  // namespace swarmward::mesh
