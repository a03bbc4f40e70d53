#pragma once

#include <cstddef>

#include "backends/engine.h"

namespace swarmward::backends {

/// Tells whether an engine says something new of itself: kept instead of what it said, which would
/// be a tenth of the memory that an idle engine takes. Of this process only. Pure.
[[nodiscard]] std::size_t digest(EngineInfo const& info);

}  // namespace swarmward::backends
