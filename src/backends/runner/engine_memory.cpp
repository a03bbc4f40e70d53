#include "backends/runner/engine_memory.h"

#include <charconv>
#include <cstdint>

namespace swarmward::backends {

namespace {

constexpr std::string_view kTime = "\"timeNano\":";
/// It notes the end of a container that soon after it. Less than it takes to start anew.
constexpr std::chrono::milliseconds kNoted{200};

}  // namespace

bool was_running_at(std::string_view events, Time time) {
  std::size_t count = 0;
  for (auto at = events.find(kTime); at != std::string_view::npos; at = events.find(kTime, at)) {
    at += kTime.size();
    std::int64_t nanoseconds = 0;
    std::from_chars(events.data() + at, events.data() + events.size(), nanoseconds);
    if (Time(Duration(nanoseconds)) <= time + kNoted) {
      return true;
    }
    ++count;
  }
  return count >= kRememberedEvents;
}

}  // namespace swarmward::backends
