#pragma once

#include <deque>
#include <string>

#include <spdlog/fmt/fmt.h>

#include "base/id.h"
#include "scheduler/simulation/event_queue.h"

namespace swarmward::scheduler::simulation {

/// The last lines of what happened. Off, it costs nothing: a failing seed is run again with it on.
class Trace {
 public:
  Trace(SimClock const& clock, bool on, std::size_t lines) : clock_(clock), lines_(lines), on_(on) {
    start_ = clock.peek();
  }

  [[nodiscard]] bool on() const { return on_; }
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    if (on_) {
      push(fmt::format(format, std::forward<Args>(args)...));
    }
  }
  [[nodiscard]] std::string text() const;

 private:
  void push(std::string line);

  SimClock const& clock_;
  Time start_{};
  std::size_t lines_;
  bool on_;
  std::deque<std::string> kept_;
};

/// The first characters of an id: enough to tell the few objects of a simulation apart.
template <class Tag>
std::string brief(Id<Tag> const& id) {
  return std::string(id.view().substr(0, 5));
}

}  // namespace swarmward::scheduler::simulation
