#pragma once

#include <string_view>

#include "base/time.h"

namespace swarmward::backends {

/// An engine remembers so many events, and none from before its start. Source: dockerd.
inline constexpr std::size_t kRememberedEvents = 256;

/// Was an engine already running at `time`, by its own clock, that remembers these events (the
/// answer of GET /events, one object a line)? No only if it would remember that time. Pure.
[[nodiscard]] bool was_running_at(std::string_view events, Time time);

}  // namespace swarmward::backends
