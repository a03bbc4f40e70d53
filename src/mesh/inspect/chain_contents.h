#pragma once

#include <string_view>

#include "mesh/inspect/table_contents.h"

namespace swarmward::mesh {

/// Pure. What chains of iptables come to, from what own_part() has of them: the rules themselves,
/// and as elements of sets what they do for a port or a virtual address, keyed as in nftables.
[[nodiscard]] TableContents chain_contents(std::string_view own_part);

}  // namespace swarmward::mesh
