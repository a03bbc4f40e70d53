#include "mesh/inspect/chain_look.h"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/apply/owned_chains.h"
#include "mesh/inspect/chain_contents.h"
#include "mesh/render/vip_chains.h"

namespace swarmward::mesh {
namespace {

/// A missing program is no missing chain.
Error unreadable(Error const& error) {
  return unavailable(error.message);
}

}  // namespace

SharedPart look_at_chains(NetNamespace const& net,
                          std::string const& iptables,
                          std::string_view prefix,
                          Chains const& wanted) {
  SharedPart part;
  part.where = fmt::format("chains {}… of {}", prefix, iptables);
  part.verb = "are";
  part.purpose = prefix == kVipChains ? kVipPurpose : kPortPurpose;
  bool const any =
      std::ranges::any_of(wanted, [](auto const& table) { return !table.second.chains.empty(); });
  if (any) {
    auto const must = list_chains_once_put(wanted, iptables, prefix);
    if (!must) {
      part.has = unreadable(must.error());
      return part;
    }
    part.must = chain_contents(*must);
  }
  auto const has = list_chains(net, iptables, prefix);
  if (!has) {
    part.has = unreadable(has.error());
  } else if (any && has->empty()) {
    part.has = not_found("no chains");
  } else {
    part.has = chain_contents(*has);
  }
  return part;
}

std::vector<SharedPart> ChainLook::vips(NetNamespace const& home,
                                        model::PlannedNetwork const& network,
                                        VipSource source) const {
  return {look_at_chains(home, iptables_, kVipChains, plan_vip_chains(network, source))};
}

std::vector<SharedPart> ChainLook::ports(NetNamespace const& home,
                                         WantedPorts const& wanted) const {
  auto const chains =
      plan_port_chains(wanted.network, wanted.ports, Backend::Iptables, wanted.frames);
  return {look_at_chains(home, iptables_, kPortChains, chains)};
}

std::vector<SharedPart> ChainLook::published(NetNamespace const& host,
                                             PublishedRules const& rules) const {
  return {look_at_chains(host, iptables_, kPublishedChains, plan_published_chains(rules))};
}

}  // namespace swarmward::mesh
