#include <fmt/format.h>

#include "mesh/inspect/compare.h"

namespace swarmward::mesh {
namespace {

KeyNames vip_names(model::PlannedNetwork const& network) {
  KeyNames names;
  for (auto const& [name, addresses] : network.reverse) {
    for (auto const& address : addresses) {
      names[address] = fmt::format("{} ({})", address, name);
    }
  }
  for (auto const& vip : network.vips) {
    auto const named = names.find(vip.address);
    auto const& name = named == names.end() ? vip.address : named->second;
    names[vip.address + " udp"] = name + " by UDP";
  }
  return names;
}

void note_bridge_filter(Backend backend, Findings& findings) {
  // By IPVS they see the node anyway.
  auto const* const what =
      backend == Backend::Ipvs
          ? "the kernel has no br_netfilter: tasks are not kept from each other on the ingress "
            "network"
          : "the kernel has no br_netfilter: behind virtual addresses tasks see the node's address "
            "instead of the client's";
  findings.note("br-netfilter",
                what,
                "the module is not loaded",
                "modprobe br_netfilter, and a line br_netfilter in /etc/modules-load.d/ for the "
                "next start of the host");
}

}  // namespace

void compare_vips(model::PlannedNetwork const& network,
                  ObservedOverlay const& seen,
                  Findings& findings) {
  findings.looked();
  if (!seen.settings.contains(kBridgedFramesSetting)) {
    note_bridge_filter(seen.backend, findings);
  }
  auto const names = vip_names(network);
  for (auto const& part : seen.vips) {
    compare_shared(part, names, findings);
  }
}

}  // namespace swarmward::mesh
