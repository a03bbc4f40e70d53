#include "mesh/render/vip_chains.h"

#include <set>

#include <fmt/format.h>

namespace swarmward::mesh {
namespace {

constexpr char const* kVips = "WARD-VIP-ALL";
constexpr char const* kVipSource = "WARD-VIP-SOURCE";

std::vector<std::string> texts_of(std::vector<std::string> const& addresses) {
  std::set<std::string> texts;
  for (auto const& each : addresses) {
    if (auto const address = parse_address(each)) {
      texts.insert(to_text(*address));
    }
  }
  return {texts.begin(), texts.end()};
}

/// All protocols whose connections are shared, and no others: so VIPs answer pings.
void jump_for_each_protocol(ChainTable& table, char const* from) {
  for (char const* protocol : {"tcp", "udp", "sctp"}) {
    table.jumps.emplace_back(from, fmt::format("-p {} -j {}", protocol, kVips));
  }
}

}  // namespace

Chains plan_vip_chains(model::PlannedNetwork const& network, VipSource source) {
  Chains chains;
  auto& nat = chains["nat"];
  auto const node = parse_address(network.node_address);
  if (!node) {
    return chains;
  }
  jump_for_each_protocol(nat, "PREROUTING");
  nat.jumps.emplace_back("POSTROUTING", fmt::format("-j {}", kVipSource));
  auto& vips = nat.chains[kVips];
  for (auto const& vip : network.vips) {
    auto const address = parse_address(vip.address);
    auto const backends = texts_of(vip.backends);
    if (!address || backends.empty()) {
      continue;  // Packets go on to the namespace itself, which refuses them.
    }
    auto const chain = fmt::format("{}{}", kVipChains, to_text(*address));
    if (nat.chains.try_emplace(chain, render_turns({}, backends)).second) {
      vips.push_back(fmt::format("-d {} -j {}", to_text(*address), chain));
    }
  }
  auto& sources = nat.chains[kVipSource];
  auto const as_node = fmt::format("-j SNAT --to-source {}", to_text(*node));
  if (source == VipSource::Node) {
    sources.push_back("-m conntrack --ctstate DNAT " + as_node);
    return chains;
  }
  // A reply to oneself would never leave the client's own interface.
  for (auto const& member : texts_of(network.local)) {
    sources.push_back(fmt::format("-s {0} -d {0} {1}", member, as_node));
  }
  return chains;
}

Chains plan_vip_marks(model::PlannedNetwork const& network) {
  Chains chains;
  auto& mangle = chains["mangle"];
  auto& nat = chains["nat"];
  auto const node = parse_address(network.node_address);
  if (!node) {
    return chains;
  }
  jump_for_each_protocol(mangle, "INPUT");
  auto& marks = mangle.chains[kVips];
  for (auto const& vip : network.vips) {
    if (auto const address = parse_address(vip.address)) {
      auto const text = to_text(*address);
      marks.push_back(
          fmt::format("-d {} -p udp -j MARK --set-mark {:#x}", text, udp_mark(*address)));
      marks.push_back(
          fmt::format("-d {} ! -p udp -j MARK --set-mark {:#x}", text, stream_mark(*address)));
    }
  }
  nat.jumps.emplace_back("POSTROUTING", fmt::format("-j {}", kVipSource));
  nat.chains[kVipSource] = {fmt::format("-m ipvs --ipvs -j SNAT --to-source {}", to_text(*node))};
  return chains;
}

}  // namespace swarmward::mesh
