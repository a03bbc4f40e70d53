#include "mesh/apply/service_balancers.h"

#include <utility>

#include "mesh/apply/bridged_frames.h"
#include "mesh/apply/chain_balancers.h"
#include "mesh/apply/conntrack.h"
#include "mesh/apply/ipvs.h"
#include "mesh/render/port_chains.h"
#include "mesh/render/stale_flows.h"
#include "mesh/render/vip_chains.h"
#include "mesh/render/virtual_services.h"

namespace swarmward::mesh {
namespace {

/// Those of the kind, and no others: VIPs are known by marks, published ports by addresses.
Result<void> put_services(NetNamespace const& net,
                          ServiceKind kind,
                          VirtualServices const& wanted,
                          model::PlannedNetwork const& network) {
  if (auto set = set_ipvs_settings(net); !set) {
    return set;
  }
  auto ipvs = Ipvs::open(net);
  if (!ipvs) {
    return ipvs.error();
  }
  auto const present = ipvs->list(kind);
  if (!present) {
    return present.error();
  }
  return ipvs->put(kind, with_draining(wanted, *present, network));
}

}  // namespace

VipServices::VipServices(NetNamespace const& net, std::string const& iptables)
    : net_(net), chains_(net, iptables, kVipChains) {}

Result<void> VipServices::apply(model::PlannedNetwork const& network) {
  if (auto written = write(network); !written) {
    return written;
  }
  auto const stale = plan_stale_flows(network_.value_or(model::PlannedNetwork()), network);
  network_ = network;
  auto const forgotten = forget_flows(net_, stale);
  return forgotten ? Result<void>() : forgotten.error();
}

Result<void> VipServices::reassert() {
  return network_ ? write(*network_) : Result<void>();
}

Result<void> VipServices::remove() {
  network_.reset();
  return clear();
}

Result<void> VipServices::clear() {
  auto removed = chains_.remove();
  auto cleared = clear_services(net_, ServiceKind::Vips);
  return removed ? cleared : removed;
}

Result<void> VipServices::write(model::PlannedNetwork const& network) {
  // Answers of a task to itself come as bridged frames, which IPVS would spoil. In the ingress
  // network there are no VIPs, but rules that must see such frames.
  auto const frames = network.vips.empty() ? BridgedFrames::Shown : BridgedFrames::Hidden;
  if (auto const set = set_bridged_frames(net_, frames); !set) {
    return set.error();
  }
  if (network.vips.empty()) {
    return network_ && network_->vips.empty() ? Result<void>() : clear();
  }
  if (auto written = chains_.put(plan_vip_marks(network)); !written) {
    return written;
  }
  return put_services(net_, ServiceKind::Vips, plan_vip_services(network), network);
}

PortServices::PortServices(NetNamespace const& net, std::string const& iptables, Address asked)
    : net_(net), chains_(net, iptables, kPortChains), asked_(asked) {}

Result<void> PortServices::apply(model::PlannedNetwork const& network,
                                 std::vector<model::PlannedPort> const& ports) {
  warn_if_not_isolated();
  Wanted wanted{.network = network, .ports = ports};
  auto written = write(wanted);
  if (written) {
    wanted_ = std::move(wanted);
  }
  return written;
}

Result<void> PortServices::reassert() {
  return wanted_ ? write(*wanted_) : Result<void>();
}

Result<void> PortServices::remove() {
  wanted_.reset();
  auto removed = chains_.remove();
  auto cleared = clear_services(net_, ServiceKind::Ports);
  return removed ? cleared : removed;
}

Result<void> PortServices::write(Wanted const& wanted) {
  auto const frames = set_bridged_frames(net_, BridgedFrames::Shown);
  if (!frames) {
    return frames.error();
  }
  auto const chains = plan_port_chains(wanted.network, wanted.ports, Backend::Ipvs, *frames);
  if (auto written = chains_.put(chains); !written) {
    return written;
  }
  return put_services(
      net_, ServiceKind::Ports, plan_port_services(wanted.ports, asked_), wanted.network);
}

Result<void> clear_services(NetNamespace const& net, ServiceKind kind) {
  auto ipvs = Ipvs::open(net);
  if (!ipvs) {
    return ipvs.error().code == ErrorCode::NotFound ? Result<void>() : ipvs.error();
  }
  return ipvs->put(kind, {});
}

}  // namespace swarmward::mesh
