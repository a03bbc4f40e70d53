#include "mesh/render/vip_rules.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace swarmward::mesh {
namespace {

BalancerSchema vip_schema() {
  return {.table = kVipTable, .dispatch = "vips", .targets = "backends", .pick = "goto share"};
}

std::string vip_target(Address backend, std::uint32_t /*port*/) {
  return to_text(backend);
}

std::vector<std::string> hairpins(std::set<Address> const& of, std::set<Address> const& without) {
  std::vector<Address> left;
  std::ranges::set_difference(of, without, std::back_inserter(left));
  std::vector<std::string> texts;
  for (auto const address : left) {
    texts.push_back(fmt::format("{0} . {0}", to_text(address)));
  }
  return texts;
}

std::string hairpin_command(char const* verb) {
  return fmt::format("{} element {} hairpin", verb, kVipTable);
}

}  // namespace

VipRules plan_vip_rules(model::PlannedNetwork const& network,
                        VipSource source,
                        VipRules const* previous) {
  VipRules rules;
  rules.source = source;
  auto const node = parse_address(network.node_address);
  if (!node) {
    return rules;
  }
  rules.node_address = *node;
  for (auto const& member : network.local) {
    if (auto const address = parse_address(member)) {
      rules.local.insert(*address);
    }
  }
  BalancePlanner planner(previous == nullptr ? nullptr : &previous->balance, &vip_target);
  for (auto const& vip : network.vips) {
    if (auto const address = parse_address(vip.address)) {
      planner.add(to_text(*address), address->value, vip.backends, 0);
    }
  }
  rules.balance = planner.take();
  return rules;
}

std::string render_vip_table(VipRules const& rules) {
  auto const node = to_text(rules.node_address);
  // A reply to oneself would never leave the client's own interface, so such a connection always
  // takes the node's address.
  auto const from = rules.source == VipSource::Client
                        ? fmt::format("ip saddr . ip daddr @hairpin snat to {}", node)
                        : fmt::format("ct status dnat snat to {}", node);
  auto text = fmt::format(
      "add table {0}\n"
      "delete table {0}\n"
      "table {0} {{\n"
      "  map vips {{ type ipv4_addr : verdict; }}\n"
      "  map backends {{ type ipv4_addr . mark : ipv4_addr; }}\n"
      "  set hairpin {{ type ipv4_addr . ipv4_addr; }}\n"
      "  chain share {{\n"
      "    meta l4proto {{ tcp, udp, sctp }} dnat to ip daddr . meta mark map @backends\n"
      "  }}\n"
      "  chain balance {{\n"
      "    type nat hook prerouting priority -100; policy accept;\n"
      "    meta l4proto {{ tcp, udp, sctp }} ip daddr vmap @vips\n"
      "  }}\n"
      "  chain source {{\n"
      "    type nat hook postrouting priority 100; policy accept;\n"
      "    {1}\n"
      "  }}\n"
      "}}\n",
      kVipTable,
      from);
  text += render_elements(hairpin_command("add"), hairpins(rules.local, {}));
  return text + render_balance(vip_schema(), rules.balance);
}

StagedChange render_vip_change(VipRules const& previous, VipRules const& wanted) {
  if (previous.node_address != wanted.node_address || previous.source != wanted.source) {
    return {.add = {}, .turn = render_vip_table(wanted), .remove = {}};
  }
  auto change = render_balance_change(vip_schema(), previous.balance, wanted.balance);
  change.add += render_elements(hairpin_command("add"), hairpins(wanted.local, previous.local));
  change.remove +=
      render_elements(hairpin_command("delete"), hairpins(previous.local, wanted.local));
  return change;
}

}  // namespace swarmward::mesh
