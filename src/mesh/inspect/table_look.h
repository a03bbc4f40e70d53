#pragma once

#include <string>
#include <vector>

#include "mesh/inspect/shared_look.h"

namespace swarmward::mesh {

// What tables of nftables must hold. Pure; what they hold is left empty.

[[nodiscard]] SharedPart vip_table_part(model::PlannedNetwork const& network, VipSource source);
/// Two: `ip` and `bridge ward_ingress`.
[[nodiscard]] std::vector<SharedPart> port_table_parts(WantedPorts const& wanted);
[[nodiscard]] SharedPart published_table_part(PublishedRules const& rules);

/// By nftables.
class TableLook final : public SharedLook {
 public:
  [[nodiscard]] std::vector<SharedPart> vips(NetNamespace const& home,
                                             model::PlannedNetwork const& network,
                                             VipSource source) const override;
  [[nodiscard]] std::vector<SharedPart> ports(NetNamespace const& home,
                                              WantedPorts const& wanted) const override;
  [[nodiscard]] std::vector<SharedPart> published(NetNamespace const& host,
                                                  PublishedRules const& rules) const override;
};

}  // namespace swarmward::mesh
