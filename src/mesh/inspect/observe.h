#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/apply/ingress_link.h"
#include "mesh/apply/kernel_settings.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/backend.h"
#include "mesh/inspect/observed.h"
#include "model/network_plan.h"

// Looking without touching: nothing here changes the kernel. All of it blocks.

namespace swarmward::mesh {

/// The overlay whose namespace the file keeps, and what its resolver says of the network's names.
[[nodiscard]] ObservedOverlay observe_overlay(std::filesystem::path const& file,
                                              model::PlannedNetwork const& network,
                                              ChosenBackend const& backend);

/// Where to look for published ports, and what must be there.
struct IngressPlaces {
  NetNamespace const& host;
  std::filesystem::path const& ingress;  ///< Keeps the namespace of the ingress network.
  IngressLink const& link;
  model::PlannedNetwork const& network;  ///< The ingress network.
  std::vector<model::PlannedPort> const& planned;
  std::set<Published> const& ports;  ///< What the host answers on.
};

/// Published ports. Where there is no ingress network, nothing of what belongs into it is seen.
[[nodiscard]] ObservedIngress observe_ingress(IngressPlaces const& places,
                                              ChosenBackend const& backend);

/// Who has which of these ports in the namespace; those that nobody has are missing. Of other
/// processes only those that this one may look into are named.
[[nodiscard]] std::map<Published, PortHolder> observe_ports(NetNamespace const& host,
                                                            std::set<Published> const& ports);

/// Those addresses of the ports that nobody can take in the namespace, for they are not its own
/// now.
[[nodiscard]] std::set<Address> absent_addresses(NetNamespace const& host,
                                                 std::set<Published> const& ports);

/// The values of these settings in the namespace, as far as the kernel has them.
[[nodiscard]] std::map<std::string, std::string> observe_settings(
    NetNamespace const& net, std::vector<KernelSetting> const& settings);

}  // namespace swarmward::mesh
