#pragma once

#include <cstdint>
#include <vector>

#include "load.h"

namespace swarmward::bench {

/// The least that placing costs: the same rules over plain arrays, for one service after the other,
/// with one heap of nodes a zone. Returns the node of each task.
[[nodiscard]] std::vector<std::uint32_t> place_plainly(Load const& load);

}  // namespace swarmward::bench
