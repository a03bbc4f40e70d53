#include <algorithm>

#include <fmt/format.h>

#include "mesh/apply/overlay.h"
#include "mesh/inspect/compare.h"

namespace swarmward::mesh {
namespace {

constexpr char const* kNotByUs =
    "somebody changed it by hand, or a program that manages bridges did";

/// The ways to members on other hosts, one kind of entry at a time.
class PeerComparison {
 public:
  PeerComparison(WantedNetwork const& wanted, ObservedOverlay const& seen, Findings& findings)
      : wanted_(wanted), seen_(seen), findings_(findings) {}

  void compare() {
    findings_.looked(4 * wanted_.overlay.peers.size());
    compare_remote_macs();
    compare_extra_macs();
    report_missing(
        "peer.port",
        "the bridge does not know behind which port they are",
        [&](OverlayPeer const& peer) { return has(seen_.port_macs, mac_of(peer.address)); });
    report_missing(
        "peer.neighbour",
        fmt::format("{} does not answer members who ask for their hardware addresses", kVxlan),
        [&](OverlayPeer const& peer) { return has(seen_.vxlan_neighbours, neighbour(peer)); });
    report_missing(
        "peer.neighbour",
        "this node itself does not know their hardware addresses, so virtual addresses "
        "and published ports do not reach them",
        [&](OverlayPeer const& peer) { return has(seen_.bridge_neighbours, neighbour(peer)); });
  }

 private:
  template <class T>
  static bool has(std::vector<T> const& values, T const& value) {
    return std::ranges::find(values, value) != values.end();
  }
  static Neighbour neighbour(OverlayPeer const& peer) {
    return {.address = peer.address, .mac = mac_of(peer.address)};
  }

  void compare_remote_macs() {
    std::vector<std::string> missing;
    for (auto const& peer : wanted_.overlay.peers) {
      auto const mac = mac_of(peer.address);
      if (has(seen_.remote_macs, RemoteMac{.mac = mac, .host = peer.host})) {
        continue;
      }
      auto const name = with_name(*wanted_.planned, peer.address);
      auto const other = std::ranges::find(seen_.remote_macs, mac, &RemoteMac::mac);
      if (other == seen_.remote_macs.end()) {
        missing.push_back(fmt::format("{} on {}", name, to_text(peer.host)));
        continue;
      }
      findings_.add("peer.wrong-host",
                    fmt::format("frames for {} are sent to {}, but it is on {}",
                                name,
                                to_text(other->host),
                                to_text(peer.host)),
                    "the task or its node has moved, and the agent did not follow yet");
    }
    if (!missing.empty()) {
      findings_.add("peer.no-way",
                    fmt::format("no forwarding entry (FDB of {}) for {}", kVxlan, listed(missing)),
                    "it was removed by hand, or by a program that manages bridges");
    }
  }

  void compare_extra_macs() {
    std::vector<std::string> extra;
    for (auto const& entry : seen_.remote_macs) {
      bool const wanted = std::ranges::any_of(wanted_.overlay.peers, [&](OverlayPeer const& peer) {
        return mac_of(peer.address) == entry.mac;
      });
      if (!wanted) {
        extra.push_back(fmt::format("{} on {}", to_text(entry.mac), to_text(entry.host)));
      }
    }
    if (!extra.empty()) {
      findings_.add("peer.extra",
                    fmt::format("forwarding entries for nobody: {}", listed(extra)),
                    "tasks that are gone, and the agent did not follow yet");
    }
  }

  template <class Known>
  void report_missing(char const* kind, std::string const& effect, Known const& known) {
    std::vector<std::string> missing;
    for (auto const& peer : wanted_.overlay.peers) {
      if (!known(peer)) {
        missing.push_back(with_name(*wanted_.planned, peer.address));
      }
    }
    if (!missing.empty()) {
      findings_.add(kind, fmt::format("{}: {}", effect, listed(missing)), kNotByUs);
    }
  }

  WantedNetwork const& wanted_;
  ObservedOverlay const& seen_;
  Findings& findings_;
};

}  // namespace

std::string with_name(model::PlannedNetwork const& network, Address address) {
  auto const text = to_text(address);
  for (auto const& [name, addresses] : network.reverse) {
    if (std::ranges::find(addresses, text) != addresses.end()) {
      return fmt::format("{} ({})", text, name);
    }
  }
  return text;
}

void compare_peers(WantedNetwork const& wanted, ObservedOverlay const& seen, Findings& findings) {
  PeerComparison(wanted, seen, findings).compare();
}

}  // namespace swarmward::mesh
