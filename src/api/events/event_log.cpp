#include "api/events/event_log.h"

#include <atomic>
#include <deque>
#include <map>

#include <boost/asio/post.hpp>

#include "api/events/changes.h"

namespace swarmward::api {

struct EventLog::State {
  struct Entry {
    Listener listener;
    Tasks tasks;
  };

  void tell(std::vector<SwarmEvent> events, Tasks kind);

  std::atomic<int> task_listeners = 0;  ///< Read on the strand.
  std::deque<EventPtr> kept;
  std::map<std::uint64_t, Entry> listeners;
  std::uint64_t next_listener = 0;
};

EventLog::EventLog(boost::asio::any_io_executor io, Clock const& clock)
    : io_(std::move(io)), clock_(clock), state_(std::make_shared<State>()) {}

void EventLog::published(state::Touched const& touched) {
  auto const now = clock_.now();
  auto const post = [this](std::vector<SwarmEvent> events, Tasks kind) {
    if (!events.empty()) {
      boost::asio::post(io_, [state = state_, events = std::move(events), kind]() mutable {
        state->tell(std::move(events), kind);
      });
    }
  };
  post(events_of(touched, now), Tasks::No);
  if (state_->task_listeners > 0) {
    post(task_events_of(touched, now), Tasks::Yes);
  }
}

void EventLog::State::tell(std::vector<SwarmEvent> events, Tasks kind) {
  for (auto& event : events) {
    auto const shared = std::make_shared<SwarmEvent const>(std::move(event));
    if (kind == Tasks::No) {
      kept.push_back(shared);
    }
    for (auto const& [id, entry] : listeners) {
      if (kind == Tasks::No || entry.tasks == Tasks::Yes) {
        entry.listener(shared);
      }
    }
  }
  while (kept.size() > kKept) {
    kept.pop_front();
  }
}

std::shared_ptr<void> EventLog::listen(Listener listener, Tasks tasks) {
  auto const id = state_->next_listener++;
  state_->listeners.emplace(id, State::Entry{std::move(listener), tasks});
  state_->task_listeners += tasks == Tasks::Yes ? 1 : 0;
  return {nullptr, [state = state_, id, tasks](void* /*nothing*/) {
            state->listeners.erase(id);
            state->task_listeners -= tasks == Tasks::Yes ? 1 : 0;
          }};
}

std::vector<EventPtr> EventLog::kept(Time since, std::optional<Time> until) const {
  std::vector<EventPtr> events;
  for (auto const& event : state_->kept) {
    if (event->time >= since && (!until || event->time <= *until)) {
      events.push_back(event);
    }
  }
  return events;
}

}  // namespace swarmward::api
