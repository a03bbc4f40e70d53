#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace swarmward {

/// Wall clock with the resolution of the API. A default-constructed value means "never" and is
/// written as Go's zero time.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// Gives the time; injected into whatever decides by time, never read by a decision itself.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

/// RFC 3339 in UTC with nanoseconds, trailing zeros trimmed, as Go writes it.
[[nodiscard]] std::string format_time(Time time);
/// RFC 3339 with any offset, of the years 1678 to 2261. Errors: InvalidArgument.
[[nodiscard]] Result<Time> parse_time(std::string_view text);

}  // namespace swarmward
