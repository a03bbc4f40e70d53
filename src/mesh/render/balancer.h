#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mesh/render/staged_change.h"

namespace swarmward::mesh {

/// Where one key (a VIP, a published port) sends its connections.
struct Balanced {
  /// Texts of nft, at the place of their index; all different.
  std::vector<std::string> targets;
  /// Tells apart the counters of round robin. Keys that share one disturb each other's turns: two
  /// services of two tasks, asked in turn, would each always meet the same task.
  std::uint32_t counter = 0;
  bool operator==(Balanced const&) const = default;
};

/// By the text of the key.
using Balance = std::map<std::string, Balanced>;

/// How many counters keys with the same number of targets use at most. A rule each, so their number
/// does not grow with the services; those with neighbouring ports or VIPs never share one.
inline constexpr std::uint32_t kCountersPerSize = 64;

/// Names and texts that differ between the tables that balance.
struct BalancerSchema {
  std::string table;     ///< With its family: "ip ward_vip".
  std::string dispatch;  ///< The map from a key to the chain that picks.
  std::string targets;   ///< The map from a key and an index to a target.
  std::string pick;      ///< What a chain does once the index is in the packet's mark.
};

/// Which target has which index: those of `previous` that are still wanted keep theirs as far as
/// there is one for them, the others fill what is free. So a target that goes costs one move.
[[nodiscard]] std::vector<std::string> seat_targets(std::vector<std::string> const& previous,
                                                    std::vector<std::string> const& wanted);

/// Commands that fill the empty maps of a new table. Keys without targets get no element: their
/// packets go on to the namespace itself, which refuses them.
[[nodiscard]] std::string render_balance(BalancerSchema const& schema, Balance const& wanted);

/// Commands that lead from one to the other, only of what differs. Empty if nothing differs.
[[nodiscard]] StagedChange render_balance_change(BalancerSchema const& schema,
                                                 Balance const& previous,
                                                 Balance const& wanted);

/// A command for many elements: "add element ip t m { a, b }". Empty without elements.
[[nodiscard]] std::string render_elements(std::string const& command,
                                          std::vector<std::string> const& elements);

}  // namespace swarmward::mesh
