#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/ids.h"
#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// Which services the loop has to look at, now or later. Of a service that is settled only the
/// slots whose tasks changed, unless they are many. Not for two threads.
class WorkList {
 public:
  struct SlotOf {
    model::ServiceId service;
    model::Slot slot = 0;  ///< 0: the whole service.
    auto operator<=>(SlotOf const&) const = default;
  };

  /// All of the service.
  void add(model::ServiceId const& id);
  /// The slot if the service is settled, else all of it. Slot 0: all of it.
  void add(SlotOf const& part);
  template <class Range>
  void add_all(Range const& ids) {
    for (auto const& id : ids) {
      add(id);
    }
  }
  [[nodiscard]] bool empty() const { return services_.empty() && slots_.empty(); }

  /// It has to be looked at as a whole.
  [[nodiscard]] bool contains(model::ServiceId const& id) const { return services_.contains(id); }

  /// A service that has to be looked at as a whole: it does not count as settled any more. An empty
  /// id if there is none.
  model::ServiceId take_service();
  /// Slots of settled services, none of which has to be looked at as a whole.
  std::vector<SlotOf> take_slots();

  /// The plan for the whole service, as it is now, changes nothing, and its slots stand alone. It
  /// has so many tasks.
  void settled(model::ServiceId const& id, std::size_t tasks);

  /// When to look at it again; kNever: there is no need. That of a whole service replaces those of
  /// its slots.
  void set_wake(SlotOf const& part, Time at);
  [[nodiscard]] Time next_wake() const { return order_.empty() ? kNever : order_.begin()->first; }
  /// Adds what is due.
  void wake(Time now);

 private:
  using Wakes = std::map<SlotOf, Time>;
  Wakes::iterator drop(Wakes::iterator wake);

  std::set<model::ServiceId> services_;
  std::map<model::ServiceId, std::set<model::Slot>> slots_;
  std::unordered_map<model::ServiceId, std::size_t> settled_;  ///< And from how many slots on not.
  Wakes wakes_;
  std::set<std::pair<Time, SlotOf>> order_;
};

}  // namespace swarmward::scheduler
