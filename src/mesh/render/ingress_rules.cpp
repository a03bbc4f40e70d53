#include "mesh/render/ingress_rules.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "mesh/render/published_rules.h"

namespace swarmward::mesh {
namespace {

BalancerSchema ingress_schema() {
  return {.table = kIngressTable, .dispatch = "ports", .targets = "backends", .pick = "goto share"};
}

std::string port_target(Address backend, std::uint32_t port) {
  return fmt::format("{} . {}", to_text(backend), port);
}

std::set<Address> other_nodes(model::PlannedNetwork const& network) {
  std::set<Address> found;
  for (auto const& peer : network.peers) {
    auto const address = parse_address(peer.address);
    if (address && peer.via == peer.address) {
      found.insert(*address);
    }
  }
  return found;
}

std::vector<std::string> macs(std::set<Address> const& of, std::set<Address> const& without) {
  std::vector<Address> left;
  std::ranges::set_difference(of, without, std::back_inserter(left));
  std::vector<std::string> texts(left.size());
  std::ranges::transform(
      left, texts.begin(), [](Address address) { return to_text(mac_of(address)); });
  return texts;
}

/// The same elements in the sets of both tables; a set belongs to one.
std::string render_balancers(char const* verb, std::vector<std::string> const& elements) {
  return render_elements(fmt::format("{} element {} balancers", verb, kIngressTable), elements) +
         render_elements(fmt::format("{} element {} balancers", verb, kIsolationTable), elements);
}

/// The elements that one has and the other has not, of all that keeps clients.
std::string render_kept(char const* verb, KeptClients const& of, KeptClients const& without) {
  std::vector<std::string> ports;
  std::ranges::set_difference(of.ports, without.ports, std::back_inserter(ports));
  std::vector<Address> left;
  std::ranges::set_difference(of.local, without.local, std::back_inserter(left));
  std::vector<std::string> local(left.size());
  std::ranges::transform(left, local.begin(), [](Address address) { return to_text(address); });
  auto const set = [&](char const* name, std::vector<std::string> const& elements) {
    return render_elements(fmt::format("{} element {} {}", verb, kIngressTable, name), elements);
  };
  return set("kept", ports) + set("kept_local", local) +
         set("entries", entry_texts(of.entries, without.entries)) +
         set("zones", zone_texts(of.entries, without.entries));
}

/// Connections come from the host by one device and leave by the bridge, with the node's address or
/// as they came. Two nodes may hand on the same port of the same client to the same task: each has
/// its own zone of connections, so that the second gets another port.
std::string render_ip_table(IngressRules const& rules) {
  return fmt::format(
      "add table {0}\n"
      "delete table {0}\n"
      "table {0} {{\n"
      "  map ports {{ type inet_proto . inet_service : verdict; }}\n"
      "  map backends {{ type inet_proto . inet_service . mark : ipv4_addr . inet_service; }}\n"
      "  set balancers {{ type ether_addr; }}\n"
      "  set kept {{ type inet_proto . inet_service; }}\n"
      "  set kept_local {{ type ipv4_addr; }}\n"
      "  map entries {{ type ether_addr : mark; }}\n"
      "  map zones {{ typeof ether saddr : ct zone; }}\n"
      "  chain zone {{\n"
      "    type filter hook prerouting priority -300; policy accept;\n"
      "    iifname \"br0\" ip daddr @kept_local ct original zone set ether saddr map @zones\n"
      "  }}\n"
      "  chain arrive {{\n"
      "    type filter hook prerouting priority -150; policy accept;\n"
      "    iifname \"{1}\" ct state new ct mark set {2}\n"
      "    iifname \"{1}\" ct state new meta l4proto . th dport @kept ct mark set {4}\n"
      "    iifname \"br0\" ct state new ether saddr != @balancers ip daddr != {3} drop\n"
      "    iifname \"br0\" ct state new ct mark set ether saddr map @entries\n"
      "    iifname \"br0\" ct direction reply meta mark set ct mark\n"
      "  }}\n"
      "  chain share {{\n"
      "    meta l4proto {{ tcp, udp, sctp }} dnat ip addr . port to "
      "meta l4proto . th dport . meta mark map @backends\n"
      "  }}\n"
      "  chain balance {{\n"
      "    type nat hook prerouting priority -100; policy accept;\n"
      "    iifname \"{1}\" meta l4proto . th dport vmap @ports\n"
      "  }}\n"
      "  chain source {{\n"
      "    type nat hook postrouting priority 100; policy accept;\n"
      "    oifname \"br0\" ct status dnat ct mark != {4} snat to {3}\n"
      "    oifname \"br0\" ct status dnat ip saddr {5} snat to {3}\n"
      "  }}\n"
      "}}\n",
      kIngressTable,
      kIngressDevice,
      kToHostMark,
      to_text(rules.node_address),
      kKeptToHostMark,
      to_text(rules.subnet));
}

/// What the bridge carries between a member and the others: only what is to or from a balancer, and
/// the questions for Ethernet addresses, which the device to other hosts answers itself.
std::string render_isolation_table() {
  return fmt::format(
      "add table {0}\n"
      "delete table {0}\n"
      "table {0} {{\n"
      "  set balancers {{ type ether_addr; }}\n"
      "  chain isolate {{\n"
      "    type filter hook forward priority -200; policy drop;\n"
      "    ether type arp accept\n"
      "    iifname != \"vxlan0\" tcp flags syn / syn,ack drop\n"
      "    ether saddr @balancers accept\n"
      "    ether daddr @balancers accept\n"
      "  }}\n"
      "}}\n",
      kIsolationTable);
}

}  // namespace

KeptClients plan_kept(model::PlannedNetwork const& network,
                      std::vector<model::PlannedPort> const& ports) {
  if (!parse_address(network.node_address) || !parse_subnet(network.subnet)) {
    return {};
  }
  return plan_kept_clients(network, ports, other_nodes(network));
}

IngressRules plan_ingress_rules(model::PlannedNetwork const& network,
                                std::vector<model::PlannedPort> const& ports,
                                IngressRules const* previous) {
  IngressRules rules;
  auto const node = parse_address(network.node_address);
  auto const subnet = parse_subnet(network.subnet);
  if (!node || !subnet) {
    return rules;
  }
  rules.node_address = *node;
  rules.subnet = *subnet;
  rules.balancers = other_nodes(network);
  rules.kept = plan_kept_clients(network, ports, rules.balancers);
  BalancePlanner planner(previous == nullptr ? nullptr : &previous->balance, &port_target);
  for (auto const& port : ports) {
    if (auto const published = published_port(port)) {
      planner.add(published_text(*published), port.published_port, port.backends, port.target_port);
    }
  }
  rules.balance = planner.take();
  return rules;
}

std::string render_ingress_tables(IngressRules const& rules) {
  return render_ip_table(rules) + render_isolation_table() +
         render_balancers("add", macs(rules.balancers, {})) + render_kept("add", rules.kept, {}) +
         render_balance(ingress_schema(), rules.balance);
}

StagedChange render_ingress_change(IngressRules const& previous, IngressRules const& wanted) {
  if (previous.node_address != wanted.node_address || previous.subnet != wanted.subnet) {
    return {.add = {}, .turn = render_ingress_tables(wanted), .remove = {}};
  }
  auto change = render_balance_change(ingress_schema(), previous.balance, wanted.balance);
  change.add += render_balancers("add", macs(wanted.balancers, previous.balancers)) +
                render_kept("add", wanted.kept, previous.kept);
  change.remove += render_balancers("delete", macs(previous.balancers, wanted.balancers)) +
                   render_kept("delete", previous.kept, wanted.kept);
  return change;
}

}  // namespace swarmward::mesh
