#include "mesh/inspect/service_look.h"

#include "mesh/apply/ipvs.h"
#include "mesh/inspect/service_contents.h"
#include "mesh/render/vip_chains.h"

namespace swarmward::mesh {
namespace {

/// What is wanted of a network's lists.
struct WantedServices {
  ServiceKind kind;
  VirtualServices services;
  ServiceKeys keys;
  model::PlannedNetwork const& network;
};

VirtualServices without_turns(std::map<VirtualService, ServersInTurn> const& in_turn) {
  VirtualServices services;
  for (auto const& [service, servers] : in_turn) {
    services[service].insert(servers.begin(), servers.end());
  }
  return services;
}

SharedPart look_at_services(NetNamespace const& net, WantedServices const& wanted) {
  SharedPart part;
  bool const vips = wanted.kind == ServiceKind::Vips;
  part.where = "services of IPVS";
  part.verb = "are";
  part.purpose = vips ? kVipPurpose : kPortPurpose;
  part.must = service_contents(wanted.services, wanted.keys);
  auto ipvs = Ipvs::open(net);
  auto has = ipvs ? ipvs->list_in_turn(wanted.kind)
                  : Result<std::map<VirtualService, ServersInTurn>>(ipvs.error());
  if (!has) {
    part.has = has.error();
    return part;
  }
  if (has->empty() && !wanted.services.empty()) {
    part.has = not_found("no services");
    return part;
  }
  // Servers that were taken out and keep their connections are as they must be.
  part.must = service_contents(with_draining(wanted.services, without_turns(*has), wanted.network),
                               wanted.keys);
  part.has = service_contents(*has, wanted.keys);
  return part;
}

}  // namespace

std::vector<SharedPart> ServiceLook::vips(NetNamespace const& home,
                                          model::PlannedNetwork const& network,
                                          VipSource /*source*/) const {
  auto const marks = network.vips.empty() ? Chains() : plan_vip_marks(network);
  return {look_at_chains(home, iptables_, kVipChains, marks),
          look_at_services(home,
                           {.kind = ServiceKind::Vips,
                            .services = plan_vip_services(network),
                            .keys = vip_keys(network),
                            .network = network})};
}

std::vector<SharedPart> ServiceLook::ports(NetNamespace const& home,
                                           WantedPorts const& wanted) const {
  auto const chains = plan_port_chains(wanted.network, wanted.ports, Backend::Ipvs, wanted.frames);
  return {look_at_chains(home, iptables_, kPortChains, chains),
          look_at_services(home,
                           {.kind = ServiceKind::Ports,
                            .services = plan_port_services(wanted.ports, wanted.asked),
                            .keys = port_keys(wanted.ports, wanted.asked),
                            .network = wanted.network})};
}

}  // namespace swarmward::mesh
