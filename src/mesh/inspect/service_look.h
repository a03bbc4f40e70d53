#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mesh/inspect/chain_look.h"

namespace swarmward::mesh {

/// By IPVS: its lists, and the chains around them.
class ServiceLook final : public SharedLook {
 public:
  explicit ServiceLook(std::string const& iptables) : iptables_(iptables), chains_(iptables) {}

  [[nodiscard]] std::vector<SharedPart> vips(NetNamespace const& home,
                                             model::PlannedNetwork const& network,
                                             VipSource source) const override;
  [[nodiscard]] std::vector<SharedPart> ports(NetNamespace const& home,
                                              WantedPorts const& wanted) const override;
  [[nodiscard]] std::vector<SharedPart> published(NetNamespace const& host,
                                                  PublishedRules const& rules) const override {
    return chains_.published(host, rules);
  }

 private:
  std::string iptables_;
  ChainLook chains_;
};

}  // namespace swarmward::mesh
