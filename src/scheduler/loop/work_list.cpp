#include "scheduler/loop/work_list.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

/// Looking at so many slots one by one costs as much as looking at a middling service at once, or
/// at one that has so many times their number of tasks.
constexpr std::size_t kManySlots = 16;

}  // namespace

void WorkList::add(model::ServiceId const& id) {
  services_.insert(id);
  slots_.erase(id);
}

void WorkList::add(SlotOf const& part) {
  if (services_.contains(part.service)) {
    return;
  }
  auto const settled = settled_.find(part.service);
  if (part.slot == 0 || settled == settled_.end()) {
    add(part.service);
    return;
  }
  auto& slots = slots_[part.service];
  slots.insert(part.slot);
  if (slots.size() > settled->second) {
    add(part.service);
  }
}

model::ServiceId WorkList::take_service() {
  if (services_.empty()) {
    return {};
  }
  auto const id = services_.extract(services_.begin()).value();
  settled_.erase(id);
  return id;
}

void WorkList::settled(model::ServiceId const& id, std::size_t tasks) {
  settled_[id] = std::max(kManySlots, tasks / kManySlots);
}

std::vector<WorkList::SlotOf> WorkList::take_slots() {
  std::vector<SlotOf> taken;
  for (auto const& [service, slots] : std::exchange(slots_, {})) {
    for (auto const slot : slots) {
      taken.push_back({service, slot});
    }
  }
  return taken;
}

WorkList::Wakes::iterator WorkList::drop(Wakes::iterator wake) {
  order_.erase({wake->second, wake->first});
  return wakes_.erase(wake);
}

void WorkList::set_wake(SlotOf const& part, Time at) {
  auto const last = part.slot == 0 ? wakes_.upper_bound({part.service, ~model::Slot{0}})
                                   : wakes_.upper_bound(part);
  for (auto known = wakes_.lower_bound(part); known != last;) {
    known = drop(known);
  }
  if (at != kNever) {
    wakes_.emplace(part, at);
    order_.emplace(at, part);
  }
}

void WorkList::wake(Time now) {
  while (!order_.empty() && order_.begin()->first <= now) {
    auto const part = order_.begin()->second;
    drop(wakes_.find(part));
    add(part);
  }
}

}  // namespace swarmward::scheduler
