#include "mesh/render/port_chains.h"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/render/ingress_rules.h"
#include "mesh/render/kept_clients.h"
#include "model/protocol_text.h"

namespace swarmward::mesh {
namespace {

constexpr char const* kPorts = "WARD-PORT-ALL";
constexpr char const* kPortSource = "WARD-PORT-SOURCE";
constexpr char const* kArrive = "WARD-PORT-ARRIVE";
constexpr char const* kStrangers = "WARD-PORT-STRANGERS";
constexpr char const* kZone = "WARD-PORT-ZONE";
constexpr char const* kZones = "WARD-PORT-ZONES";
constexpr char const* kPublished = "WARD-PUB-ALL";
constexpr char const* kPublishedSource = "WARD-PUB-SOURCE";
constexpr char const* kNew = "-m conntrack --ctstate NEW";

/// "-p tcp --dport 8080".
std::string port_match(Published const& port) {
  return fmt::format("-p {} --dport {}", model::protocol_text(port.protocol), port.port);
}

std::string from_mac(Address node) {
  return fmt::format("-m mac --mac-source {}", to_text(mac_of(node)));
}

void share_ports(ChainTable& nat, std::vector<model::PlannedPort> const& ports) {
  nat.jumps.emplace_back("PREROUTING", fmt::format("-i {} -j {}", kIngressDevice, kPorts));
  auto& all = nat.chains[kPorts];
  for (auto const& port : ports) {
    auto const published = published_port(port);
    std::vector<std::string> targets;
    for (auto const& backend : port.backends) {
      if (auto const address = parse_address(backend)) {
        targets.push_back(fmt::format("{}:{}", to_text(*address), port.target_port));
      }
    }
    if (!published || targets.empty()) {
      continue;
    }
    auto const protocol = model::protocol_text(published->protocol);
    auto const chain = fmt::format("{}{}-{}", kPortChains, protocol, published->port);
    auto turns = render_turns(fmt::format("-p {} ", protocol), targets);
    if (nat.chains.try_emplace(chain, std::move(turns)).second) {
      all.push_back(fmt::format("{} -j {}", port_match(*published), chain));
    }
  }
}

/// Connections leave by the bridge with the node's address, or as they came.
void hide_clients(ChainTable& nat, IngressRules const& rules, Backend backend) {
  nat.jumps.emplace_back("POSTROUTING", fmt::format("-o br0 -j {}", kPortSource));
  char const* const shared =
      backend == Backend::Ipvs ? "-m ipvs --ipvs" : "-m conntrack --ctstate DNAT";
  auto const node = to_text(rules.node_address);
  nat.chains[kPortSource] = {
      fmt::format(
          "{} -m connmark ! --mark {} -j SNAT --to-source {}", shared, kKeptToHostMark, node),
      fmt::format("{} -s {} -j SNAT --to-source {}", shared, to_text(rules.subnet), node)};
}

/// Only other nodes, which come by the device to other hosts, may open connections to tasks here.
std::vector<std::string> drop_strangers(IngressRules const& rules, BridgedFrames frames) {
  std::vector<std::string> drops;
  if (frames == BridgedFrames::Shown) {
    drops.emplace_back("-m physdev ! --physdev-in vxlan0 -j DROP");
  }
  for (auto const node : rules.balancers) {
    drops.push_back(from_mac(node) + " -j RETURN");
  }
  drops.emplace_back("-j DROP");
  return drops;
}

void mark_arrivals(ChainTable& mangle,
                   IngressRules const& rules,
                   std::vector<model::PlannedPort> const& ports) {
  mangle.jumps.emplace_back("PREROUTING", fmt::format("-j {}", kArrive));
  auto& arrive = mangle.chains[kArrive];
  auto const by_host = fmt::format("-i {} {}", kIngressDevice, kNew);
  arrive.push_back(fmt::format("{} -j CONNMARK --set-mark {}", by_host, kToHostMark));
  for (auto const& port : ports) {
    auto const published = published_port(port);
    if (published && port.mode != model::IngressMode::Snat) {
      arrive.push_back(fmt::format("-i {} {} {} -j CONNMARK --set-mark {}",
                                   kIngressDevice,
                                   port_match(*published),
                                   kNew,
                                   kKeptToHostMark));
    }
  }
  arrive.push_back(
      fmt::format("-i br0 ! -d {} {} -j {}", to_text(rules.node_address), kNew, kStrangers));
  for (auto const entry : rules.kept.entries) {
    arrive.push_back(fmt::format(
        "-i br0 {} {} -j CONNMARK --set-mark {}", kNew, from_mac(entry), entry_mark(entry)));
  }
  arrive.emplace_back("-i br0 -m conntrack --ctdir REPLY -j CONNMARK --restore-mark");
}

/// Two nodes may hand on the same port of the same client to the same task: each has its own zone
/// of connections, so that the second gets another port.
void tell_entries_apart(ChainTable& raw, KeptClients const& kept) {
  raw.jumps.emplace_back("PREROUTING", fmt::format("-i br0 -j {}", kZone));
  auto& zone = raw.chains[kZone];
  for (auto const task : kept.local) {
    zone.push_back(fmt::format("-d {} -j {}", to_text(task), kZones));
  }
  auto& zones = raw.chains[kZones];
  for (auto const entry : kept.entries) {
    zones.push_back(fmt::format("{} -j CT --zone-orig {}", from_mac(entry), entry_zone(entry)));
  }
}

}  // namespace

Chains plan_port_chains(model::PlannedNetwork const& network,
                        std::vector<model::PlannedPort> const& ports,
                        Backend backend,
                        BridgedFrames frames) {
  auto const rules = plan_ingress_rules(network, ports, nullptr);
  Chains chains;
  auto& nat = chains["nat"];
  if (rules.node_address == Address{}) {
    return chains;
  }
  if (backend != Backend::Ipvs) {
    share_ports(nat, ports);
  }
  hide_clients(nat, rules, backend);
  auto& mangle = chains["mangle"];
  mark_arrivals(mangle, rules, ports);
  mangle.chains[kStrangers] = drop_strangers(rules, frames);
  if (!rules.kept.local.empty() && !rules.kept.entries.empty()) {
    tell_entries_apart(chains["raw"], rules.kept);
  }
  return chains;
}

Chains plan_published_chains(PublishedRules const& rules) {
  Chains chains;
  auto& nat = chains["nat"];
  for (char const* from : {"PREROUTING", "OUTPUT"}) {
    nat.jumps.emplace_back(from, fmt::format("-m addrtype --dst-type LOCAL -j {}", kPublished));
  }
  auto& published = nat.chains[kPublished];
  auto const to_ingress = fmt::format("-j DNAT --to-destination {}", to_text(rules.ingress_side));
  for (auto const& port : rules.ports) {
    auto const at = port.at == Address{} ? std::string() : fmt::format("-d {} ", to_text(port.at));
    published.push_back(fmt::format("{}{} {}", at, port_match(port), to_ingress));
  }
  // Processes of the host that ask 127.0.0.1 need a source that the other side can answer.
  nat.jumps.emplace_back("POSTROUTING", fmt::format("-o {} -j {}", kHostDevice, kPublishedSource));
  nat.chains[kPublishedSource] = {
      fmt::format("-s 127.0.0.0/8 -j SNAT --to-source {}", to_text(rules.host_side))};
  return chains;
}

}  // namespace swarmward::mesh
