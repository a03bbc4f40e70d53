#include "scheduler/simulation/event_queue.h"

#include <utility>

namespace swarmward::scheduler::simulation {

void EventQueue::at(Time time, Action action) {
  events_.push({std::max(time, clock_.peek()), count_++, std::move(action)});
}

void EventQueue::run_next() {
  // top() is const only to guard the order, which no longer matters for what leaves the queue.
  auto action = std::move(const_cast<Event&>(events_.top()).action);
  clock_.move_to(events_.top().time);
  events_.pop();
  action();
}

}  // namespace swarmward::scheduler::simulation
