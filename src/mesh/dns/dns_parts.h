#pragma once

#include "mesh/dns/server.h"
#include "mesh/network_parts.h"

namespace swarmward::mesh {

/// The resolver of each overlay's names.
class DnsParts final : public NetworkParts {
 public:
  /// As Dns has it.
  explicit DnsParts(boost::asio::io_context& io, DnsOptions options = {})
      : dns_(io, std::move(options)) {}

  [[nodiscard]] Result<void> put(NetNamespace const& home,
                                 model::SharedNetwork const& network) override {
    return dns_.listen(network->id, home, network->node_address);
  }
  void take(NetNamespace const& /*home*/, model::PlannedNetwork const& network) override {
    dns_.forget(network.id);
  }
  [[nodiscard]] Result<void> finish(NetNamespace const* /*ingress*/,
                                    model::NetworkPlan const& plan) override {
    dns_.set_networks(plan.networks);
    return {};
  }

 private:
  Dns dns_;
};

}  // namespace swarmward::mesh
