#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "mesh/apply/ingress.h"
#include "mesh/apply/make_backend.h"
#include "mesh/network_parts.h"

namespace swarmward::mesh {

/// What shares connections between tasks on this host, as the agent calls it: VIPs of each
/// overlay, and the ingress for published ports. Calls with values that are already in the
/// kernel only look whether all is still there, and restore what is not. One call at a time.
class BalancingParts final : public NetworkParts {
 public:
  /// `host` is the engine's namespace and must outlive the value. Errors: InvalidArgument for a
  /// link that is no /30.
  [[nodiscard]] static Result<BalancingParts> make(NetNamespace const& host,
                                                   Subnet link = Ingress::kDefaultLink,
                                                   ChosenBackend const& backend = {});

  [[nodiscard]] Result<void> put(NetNamespace const& home,
                                 model::SharedNetwork const& network) override;
  void take(NetNamespace const& home, model::PlannedNetwork const& network) override;
  [[nodiscard]] Result<void> finish(NetNamespace const* ingress,
                                    model::NetworkPlan const& plan) override;

 private:
  struct Vips {
    std::uint64_t home = 0;  ///< The kernel's number of the namespace.
    std::unique_ptr<VipBalancer> balancer;
    model::SharedNetwork applied;
  };
  struct Published {
    std::uint64_t home = 0;
    model::SharedNetwork network;
    std::vector<model::PlannedPort> ports;
  };

  BalancingParts(Ingress ingress, ChosenBackend backend)
      : backend_(std::move(backend)), ingress_(std::move(ingress)) {}

  ChosenBackend backend_;
  Ingress ingress_;
  std::map<std::string, Vips> vips_;    ///< By the network's id.
  std::optional<Published> published_;  ///< What the ingress was last given.
  bool clean_ = false;                  ///< Nothing of an ingress is left on this host.
};

}  // namespace swarmward::mesh
