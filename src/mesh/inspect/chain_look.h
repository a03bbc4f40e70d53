#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/inspect/shared_look.h"
#include "mesh/render/chains.h"

namespace swarmward::mesh {

/// Chains of iptables. Both sides of the comparison are in iptables' own words: what must be there
/// is put into a namespace of its own for a moment.
[[nodiscard]] SharedPart look_at_chains(NetNamespace const& net,
                                        std::string const& iptables,
                                        std::string_view prefix,
                                        Chains const& wanted);

/// By iptables alone.
class ChainLook final : public SharedLook {
 public:
  explicit ChainLook(std::string iptables) : iptables_(std::move(iptables)) {}

  [[nodiscard]] std::vector<SharedPart> vips(NetNamespace const& home,
                                             model::PlannedNetwork const& network,
                                             VipSource source) const override;
  [[nodiscard]] std::vector<SharedPart> ports(NetNamespace const& home,
                                              WantedPorts const& wanted) const override;
  [[nodiscard]] std::vector<SharedPart> published(NetNamespace const& host,
                                                  PublishedRules const& rules) const override;

 private:
  std::string iptables_;
};

}  // namespace swarmward::mesh
