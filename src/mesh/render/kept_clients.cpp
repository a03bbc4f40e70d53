#include "mesh/render/kept_clients.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "mesh/render/published_rules.h"

namespace swarmward::mesh {
namespace {

/// Nodes of one network differ in these bits, unless it has more than 65,536 addresses.
constexpr std::uint32_t kLowBits = 0xffff;
constexpr std::uint32_t kFirstEntry = 0x10000;

std::vector<std::string> texts_by_mac(std::set<Address> const& of,
                                      std::set<Address> const& without,
                                      std::uint32_t base) {
  std::vector<Address> left;
  std::ranges::set_difference(of, without, std::back_inserter(left));
  std::vector<std::string> texts;
  for (auto const address : left) {
    texts.push_back(
        fmt::format("{} : {}", to_text(mac_of(address)), base + (address.value & kLowBits)));
  }
  return texts;
}

}  // namespace

KeptClients plan_kept_clients(model::PlannedNetwork const& network,
                              std::vector<model::PlannedPort> const& ports,
                              std::set<Address> const& nodes) {
  KeptClients kept;
  std::set<std::string> tasks;
  for (auto const& port : ports) {
    auto const published = published_port(port);
    if (published && port.mode != model::IngressMode::Snat) {
      kept.ports.insert(published_text(*published));
      tasks.insert(port.backends.begin(), port.backends.end());
    }
  }
  if (kept.ports.empty()) {
    return kept;
  }
  kept.entries = nodes;
  for (auto const& member : network.local) {
    if (auto const address = parse_address(member); address && tasks.contains(member)) {
      kept.local.insert(*address);
    }
  }
  for (auto const& peer : network.peers) {
    auto const address = parse_address(peer.address);
    auto const via = parse_address(peer.via);
    if (address && via && *address != *via && tasks.contains(peer.address)) {
      kept.detours[*address] = *via;
    }
  }
  return kept;
}

std::uint32_t entry_mark(Address node) {
  return kFirstEntry + (node.value & kLowBits);
}

std::uint32_t entry_zone(Address node) {
  return node.value & kLowBits;
}

std::vector<std::string> entry_texts(std::set<Address> const& of,
                                     std::set<Address> const& without) {
  return texts_by_mac(of, without, kFirstEntry);
}

std::vector<std::string> zone_texts(std::set<Address> const& of, std::set<Address> const& without) {
  return texts_by_mac(of, without, 0);
}

}  // namespace swarmward::mesh
