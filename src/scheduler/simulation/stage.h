#pragma once

#include <optional>
#include <string>

#include "scheduler/simulation/behaviour.h"
#include "scheduler/simulation/trace.h"

namespace swarmward::scheduler::simulation {

/// What all parts of a simulated world share: its time, its trace, and whether something went
/// wrong.
struct Stage {
  Stage(bool traced, std::size_t trace_lines) : trace(clock, traced, trace_lines) {}

  SimClock clock;
  EventQueue queue{clock};
  Trace trace;
  Mood mood = Mood::Rough;
  [[nodiscard]] bool rough() const { return mood == Mood::Rough; }
  [[nodiscard]] bool calm() const { return mood == Mood::Calm; }
  std::optional<std::string> violation;  ///< The first one.

  template <class... Args>
  void fail(fmt::format_string<Args...> format, Args&&... args) {
    if (!violation) {
      violation = fmt::format(format, std::forward<Args>(args)...);
      trace.add("VIOLATION {}", *violation);
    }
  }
};

}  // namespace swarmward::scheduler::simulation
