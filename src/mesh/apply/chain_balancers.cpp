#include "mesh/apply/chain_balancers.h"

#include <filesystem>

#include "base/log.h"
#include "mesh/apply/bridged_frames.h"
#include "mesh/apply/conntrack.h"
#include "mesh/render/port_chains.h"
#include "mesh/render/stale_flows.h"
#include "mesh/render/vip_chains.h"

namespace swarmward::mesh {

VipChains::VipChains(NetNamespace const& net, std::string const& iptables)
    : net_(net), chains_(net, iptables, kVipChains) {}

Result<void> VipChains::apply(model::PlannedNetwork const& network) {
  if (auto written = write(network); !written) {
    return written;
  }
  auto const stale = plan_stale_flows(network_.value_or(model::PlannedNetwork()), network);
  network_ = network;
  auto const forgotten = forget_flows(net_, stale);
  return forgotten ? Result<void>() : forgotten.error();
}

Result<void> VipChains::reassert() {
  return network_ ? write(*network_) : Result<void>();
}

Result<void> VipChains::remove() {
  network_.reset();
  return chains_.remove();
}

Result<void> VipChains::write(model::PlannedNetwork const& network) {
  auto const frames = set_bridged_frames(net_, BridgedFrames::Shown);
  if (!frames) {
    return frames.error();
  }
  auto const source = *frames == BridgedFrames::Shown ? VipSource::Client : VipSource::Node;
  return chains_.put(plan_vip_chains(network, source));
}

PortChains::PortChains(NetNamespace const& net, std::string const& iptables)
    : net_(net), chains_(net, iptables, kPortChains) {}

Result<void> PortChains::apply(model::PlannedNetwork const& network,
                               std::vector<model::PlannedPort> const& ports) {
  warn_if_not_isolated();
  auto const frames = set_bridged_frames(net_, BridgedFrames::Shown);
  if (!frames) {
    return frames.error();
  }
  return chains_.put(plan_port_chains(network, ports, Backend::Iptables, *frames));
}

Result<void> PortChains::reassert() {
  return chains_.reassert();
}

Result<void> PortChains::remove() {
  return chains_.remove();
}

PublishedChains::PublishedChains(NetNamespace const& host, std::string const& iptables)
    : chains_(host, iptables, kPublishedChains) {}

Result<void> PublishedChains::apply(PublishedRules const& rules) {
  return chains_.put(plan_published_chains(rules));
}

Result<void> PublishedChains::reassert() {
  return chains_.reassert();
}

Result<void> PublishedChains::remove() {
  return chains_.remove();
}

void warn_if_not_isolated() {
  if (!std::filesystem::exists(kBridgeFilter)) {
    room_log("mesh")->warn(
        "ingress.not_isolated reason=\"the kernel has no br_netfilter, so tasks reach each other "
        "over the ingress network: modprobe br_netfilter\"");
  }
}

}  // namespace swarmward::mesh
