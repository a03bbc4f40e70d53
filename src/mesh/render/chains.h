#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace swarmward::mesh {

/// What names of chains of iptables begin with, by what they are for. Nobody else's begin so.
inline constexpr std::string_view kVipChains = "WARD-VIP-";
inline constexpr std::string_view kPortChains = "WARD-PORT-";
inline constexpr std::string_view kPublishedChains = "WARD-PUB-";
inline constexpr std::array kAllChains{kVipChains, kPortChains, kPublishedChains};

/// What one table of iptables has of ours.
struct ChainTable {
  /// Rules by the name of the chain, as "-p tcp -j DROP".
  std::map<std::string, std::vector<std::string>> chains;
  /// Rules in the kernel's own chains, before all others: {"PREROUTING", "-j WARD-VIP-ALL"}.
  std::vector<std::pair<std::string, std::string>> jumps;
  bool operator==(ChainTable const&) const = default;
};

/// By the name of the table: "nat".
using Chains = std::map<std::string, ChainTable>;

/// What iptables-save tells of chains whose names begin so and of the jumps to them, and of nothing
/// else. Two equal texts mean that nobody changed them.
[[nodiscard]] std::string own_part(std::string_view saved, std::string_view prefix);

/// Text for `iptables-restore --noflush` that leads from what is there, as own_part() has it, to
/// these chains and no others of its kind. A transaction for each table. Empty if there is nothing
/// to take and to make.
[[nodiscard]] std::string render_chains(Chains const& wanted, std::string_view present);

/// Rules that take turns: the first new connection goes to the first target, the next to the next.
/// Targets as "10.0.0.11", or with a port, which needs a `match` that names the protocol: "-p tcp
/// ".
[[nodiscard]] std::vector<std::string> render_turns(std::string const& match,
                                                    std::vector<std::string> const& targets);

}  // namespace swarmward::mesh
