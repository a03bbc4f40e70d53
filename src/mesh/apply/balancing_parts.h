#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "mesh/apply/ingress.h"
#include "mesh/apply/vip_table.h"
#include "mesh/network_parts.h"

namespace swarmward::mesh {

/// What shares connections between tasks on this host, as the agent calls it: a table of VIPs for
/// each overlay, and the ingress for published ports. Calls with values that are already in the
/// kernel only look whether all is still there, and restore what is not. One call at a time.
class BalancingParts final : public NetworkParts {
 public:
  /// `host` is the engine's namespace and must outlive the value. Errors: InvalidArgument for a
  /// link that is no /30.
  [[nodiscard]] static Result<BalancingParts> make(NetNamespace const& host,
                                                   Subnet link = Ingress::kDefaultLink);

  [[nodiscard]] Result<void> put(NetNamespace const& home,
                                 model::PlannedNetwork const& network) override;
  void take(NetNamespace const& home, model::PlannedNetwork const& network) override;
  [[nodiscard]] Result<void> finish(NetNamespace const* ingress,
                                    model::NetworkPlan const& plan) override;

 private:
  struct Vips {
    std::uint64_t home = 0;  ///< The kernel's number of the namespace.
    VipTable table;
    model::PlannedNetwork applied;
  };
  struct Published {
    std::uint64_t home = 0;
    model::PlannedNetwork network;
    std::vector<model::PlannedPort> ports;
  };

  explicit BalancingParts(Ingress ingress) : ingress_(std::move(ingress)) {}

  Ingress ingress_;
  std::map<std::string, Vips> vips_;    ///< By the network's id.
  std::optional<Published> published_;  ///< What the ingress was last given.
  bool clean_ = false;                  ///< Nothing of an ingress is left on this host.
};

}  // namespace swarmward::mesh
