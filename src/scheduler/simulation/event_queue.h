#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/time.h"

namespace swarmward::scheduler::simulation {

/// Simulated time. It moves with the queue's events and by a nanosecond at each look, so that no
/// two commits fall on one moment, as with a real clock.
class SimClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return held_ != Time{} ? held_ : now_ += Duration(1); }
  /// Time without touching it.
  [[nodiscard]] Time peek() const { return now_; }
  /// Looks see this moment until release().
  void hold(Time at) { held_ = at; }
  void release() { held_ = {}; }
  void move_to(Time time) { now_ = std::max(now_, time); }

 private:
  Time held_{};
  mutable Time now_{std::chrono::hours(24 * 365 * 50)};
};

/// All that is going to happen, in order of time; what falls on one moment, in order of the calls.
class EventQueue {
 public:
  using Action = std::function<void()>;

  explicit EventQueue(SimClock& clock) : clock_(clock) {}

  void at(Time time, Action action);
  void after(Duration delay, Action action) { at(clock_.peek() + delay, std::move(action)); }

  [[nodiscard]] bool empty() const { return events_.empty(); }
  [[nodiscard]] Time next_time() const { return events_.top().time; }
  /// Moves the clock to the next event and runs it.
  void run_next();

  [[nodiscard]] SimClock& clock() const { return clock_; }
  [[nodiscard]] Time now() const { return clock_.peek(); }

 private:
  struct Event {
    Time time;
    std::uint64_t number;
    Action action;
  };
  struct Later {
    bool operator()(Event const& a, Event const& b) const {
      return a.time != b.time ? a.time > b.time : a.number > b.number;
    }
  };

  SimClock& clock_;
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::uint64_t count_ = 0;
};

}  // namespace swarmward::scheduler::simulation
