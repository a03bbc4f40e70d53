#include "mesh/apply/make_backend.h"

#include <array>
#include <string>
#include <vector>

#include "base/log.h"
#include "mesh/apply/chain_balancers.h"
#include "mesh/apply/owned_chains.h"
#include "mesh/apply/owned_tables.h"
#include "mesh/apply/port_tables.h"
#include "mesh/apply/service_balancers.h"
#include "mesh/apply/vip_table.h"

namespace swarmward::mesh {
namespace {

constexpr std::array kFlavours{"iptables-nft", "iptables-legacy"};

std::vector<std::string> tables_of(Shared what) {
  switch (what) {
    case Shared::Ports:
      return {kIngressTable, kIsolationTable};
    case Shared::Published:
      return {kPublishedTable};
    case Shared::Vips:
      break;
  }
  return {kVipTable};
}

std::string_view chains_of(Shared what) {
  switch (what) {
    case Shared::Ports:
      return kPortChains;
    case Shared::Published:
      return kPublishedChains;
    case Shared::Vips:
      break;
  }
  return kVipChains;
}

void note_leftover(Result<void> const& removed) {
  if (!removed) {
    room_log("mesh")->warn("backend.leftover reason=\"{}\"", removed.error().message);
  }
}

}  // namespace

std::unique_ptr<VipBalancer> make_vip_balancer(ChosenBackend const& chosen,
                                               NetNamespace const& home) {
  switch (chosen.backend) {
    case Backend::Ipvs:
      return std::make_unique<VipServices>(home, chosen.iptables);
    case Backend::Iptables:
      return std::make_unique<VipChains>(home, chosen.iptables);
    case Backend::Nftables:
      break;
  }
  return std::make_unique<VipTable>(home);
}

std::unique_ptr<PortBalancer> make_port_balancer(ChosenBackend const& chosen,
                                                 NetNamespace const& home,
                                                 Address asked) {
  switch (chosen.backend) {
    case Backend::Ipvs:
      return std::make_unique<PortServices>(home, chosen.iptables, asked);
    case Backend::Iptables:
      return std::make_unique<PortChains>(home, chosen.iptables);
    case Backend::Nftables:
      break;
  }
  return std::make_unique<PortTables>(home);
}

std::unique_ptr<PortPublisher> make_port_publisher(ChosenBackend const& chosen,
                                                   NetNamespace const& host) {
  if (chosen.backend == Backend::Nftables) {
    return std::make_unique<PublishedTable>(host);
  }
  return std::make_unique<PublishedChains>(host, chosen.iptables);
}

void clear_other_backends(ChosenBackend const& chosen, NetNamespace const& net, Shared what) {
  if (chosen.backend != Backend::Nftables) {
    // A kernel without nftables refuses, and has nothing left of it.
    static_cast<void>(OwnedTables(net, tables_of(what)).remove());
  }
  for (std::string const flavour : kFlavours) {
    if (flavour != chosen.iptables && may_have_chains(net, flavour)) {
      note_leftover(OwnedChains(net, flavour, chains_of(what)).remove());
    }
  }
  // In the host's namespace IPVS may serve somebody else, and never us.
  if (chosen.backend != Backend::Ipvs && what != Shared::Published) {
    note_leftover(
        clear_services(net, what == Shared::Vips ? ServiceKind::Vips : ServiceKind::Ports));
  }
}

}  // namespace swarmward::mesh
