#pragma once

#include <set>
#include <string>

#include "mesh/inspect/findings.h"
#include "mesh/inspect/observed.h"

// Pure. Chains of a part of a backend that was read.

namespace swarmward::mesh {

inline constexpr char const* kFlushed =
    "somebody flushed or changed the firewall (nft flush ruleset, iptables -F, ipvsadm -C, a "
    "firewall that was started anew)";

/// How many rules chains of nftables have.
void compare_chain_sizes(SharedPart const& part, Findings& findings);

/// Rules of iptables by their texts. Chains about which a set or key of `told` says what differs
/// are passed by.
void compare_rules(SharedPart const& part, std::set<std::string> const& told, Findings& findings);

/// Are all of our rules in the kernel's own chains there? Without them nothing reaches ours.
[[nodiscard]] bool has_jumps(SharedPart const& part);

}  // namespace swarmward::mesh
