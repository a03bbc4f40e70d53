#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/apply/kernel_settings.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/inspect/observed.h"
#include "model/network_plan.h"

// Looking without touching: nothing here changes the kernel. All of it blocks.

namespace swarmward::mesh {

/// The overlay whose namespace the file keeps, and what its resolver says of the network's names.
[[nodiscard]] ObservedOverlay observe_overlay(std::filesystem::path const& file,
                                              model::PlannedNetwork const& network);

/// Published ports. `ingress` is the file that keeps the ingress network's namespace; where there
/// is none, all that belongs into it is missing.
[[nodiscard]] ObservedIngress observe_ingress(NetNamespace const& host,
                                              std::filesystem::path const& ingress,
                                              std::set<Published> const& ports);

/// Who has which of these ports in the namespace; those that nobody has are missing. Of other
/// processes only those that this one may look into are named.
[[nodiscard]] std::map<Published, PortHolder> observe_ports(NetNamespace const& host,
                                                            std::set<Published> const& ports);

/// The values of these settings in the namespace, as far as the kernel has them.
[[nodiscard]] std::map<std::string, std::string> observe_settings(
    NetNamespace const& net, std::vector<KernelSetting> const& settings);

[[nodiscard]] ObservedTable observe_table(NetNamespace const& net, std::string const& table);

}  // namespace swarmward::mesh
